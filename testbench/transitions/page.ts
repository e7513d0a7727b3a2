/** Style and script of the transitions page. The script knows the columns that `html.ts` writes, and nothing else. */

export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
.summary { margin: 0 0 1rem; max-width: 80rem; }
form { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: end; margin-bottom: .6rem; }
label { display: flex; flex-direction: column; font-size: .85rem; gap: .15rem; }
select, input, button { font: inherit; padding: .2rem .4rem; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; position: sticky; top: 0; background: Canvas; }
th, td { padding: .2rem .6rem .2rem 0; vertical-align: top; border-bottom: 1px solid #8883; }
tr.cell { cursor: pointer; }
tr.cell:hover, tr.cell:focus { background: #8882; }
td.state { max-width: 26rem; overflow-wrap: anywhere; }
.disagreeing, .unexecuted { color: #c00; font-weight: 600; }
.detail { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; padding: .4rem 0 1rem 1rem; }
pre { margin: 0; overflow: auto; max-height: 34rem; background: #8881; padding: .6rem; }
h2 { font-size: .95rem; margin: .2rem 0; }
#more { margin-top: .8rem; }
`;

export const PAGE_SCRIPT = String.raw`
(async () => {
  const packed = Uint8Array.from(atob(document.getElementById('data').textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const data = JSON.parse(await new Response(stream).text());
  const text = (n) => data.texts[n];
  const cells = data.cells.map(([mode, event, group, state, outcome, written, rules, kind, core, code, table, pins, log, tables]) => ({
    mode: data.modes[mode], event: text(event), group: data.groups[group], state, outcome: text(outcome), written: text(written),
    rules: rules.map(text), kind: data.kinds[kind], core: data.cores[core], code, table, pins, log, tables,
  }));
  const form = document.getElementById('filters'), rows = document.getElementById('rows'), more = document.getElementById('more');
  const STEP = 200;
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const choice = (title, name, options) => {
    const select = element('select', { name }, element('option', { value: '' }, 'all'), ...options.map((o) => element('option', { value: o }, o)));
    form.append(element('label', {}, title, select));
  };
  const distinct = (of) => [...new Set(cells.flatMap(of))].sort();
  choice('From mode', 'mode', data.modes);
  choice('Kind of event', 'group', data.groups);
  choice('Event', 'event', distinct((c) => c.event));
  choice('Outcome', 'outcome', distinct((c) => c.outcome));
  choice('Rule', 'rule', distinct((c) => c.rules));
  choice('Agreement', 'kind', data.kinds);
  form.append(element('label', {}, 'State contains (upper or lower case)', element('input', { name: 'state', placeholder: 'mstatus.tvm=1' })));
  const parameters = new URLSearchParams(location.hash.slice(1));
  for (const field of form.elements) field.value = parameters.get(field.name) ?? '';
  const stateOf = (cell) => cell.state.map(text).join(' ') || 'any state';
  const nameOf = (cell) => [cell.mode, cell.event, ...cell.state.map(text)].join(' ');
  let found = [], shown = 0;
  const matches = (cell, wanted) =>
    (!wanted.mode || cell.mode === wanted.mode) && (!wanted.group || cell.group === wanted.group) && (!wanted.event || cell.event === wanted.event) &&
    (!wanted.outcome || cell.outcome === wanted.outcome) && (!wanted.kind || cell.kind === wanted.kind) &&
    (!wanted.rule || cell.rules.includes(wanted.rule)) && (!wanted.state || wanted.state.toLowerCase().split(/\s+/).every((part) => stateOf(cell).toLowerCase().includes(part)));
  const program = (cell) => [
    '# ' + nameOf(cell) + ': ' + cell.outcome + '.',
    ...(cell.pins.length ? ['# Lines: ' + cell.pins.map(text).join(', ') + '.'] : []),
    ...data.head, ...cell.code.map((n) => '        ' + text(n)), ...data.frame, ...cell.table.map((n) => '        .dword  0x' + text(n)), ...cell.tables.map(text), '',
  ].join('\n');
  const detail = (cell) => {
    const wave = cell.core.command + " --cell '" + nameOf(cell) + "' --vcd cell.vcd";
    const log = cell.log.map(text).join('\n');
    return element('tr', {}, element('td', { colSpan: 7 }, element('div', { className: 'detail' },
      element('div', {}, element('h2', {}, 'Witness'), element('pre', {}, program(cell))),
      element('div', {}, element('h2', {}, 'Log of ' + cell.core.core), element('pre', {}, log), element('h2', {}, 'Wave'), element('pre', {}, wave)))));
  };
  const row = (cell) => {
    const made = element('tr', { className: 'cell', tabIndex: 0 },
      element('td', {}, cell.mode), element('td', {}, cell.event),
      element('td', { className: 'state' }, stateOf(cell)), element('td', {}, cell.outcome), element('td', {}, cell.written),
      element('td', {}, cell.rules.join(', ')), element('td', { className: cell.kind }, cell.kind));
    let open;
    const toggle = () => {
      if (open) { open.remove(); open = undefined; } else made.after(open = detail(cell));
    };
    made.onclick = toggle;
    made.onkeydown = (e) => { if (e.key === 'Enter') toggle(); };
    return made;
  };
  const show = () => {
    rows.append(...found.slice(shown, shown + STEP).map(row));
    shown = Math.min(found.length, shown + STEP);
    more.hidden = shown >= found.length;
  };
  const filter = () => {
    const wanted = Object.fromEntries([...form.elements].map((f) => [f.name, f.value.trim()]));
    found = cells.filter((cell) => matches(cell, wanted));
    shown = 0;
    rows.replaceChildren();
    document.getElementById('count').textContent = found.length + ' of ' + cells.length + ' cells';
    const set = Object.entries(wanted).filter(([, value]) => value);
    history.replaceState(null, '', set.length ? '#' + new URLSearchParams(set) : location.pathname + location.search);
    show();
  };
  form.oninput = filter;
  form.onsubmit = (e) => e.preventDefault();
  more.onclick = show;
  filter();
})();
`;
