import { describe, expect, it } from 'vitest';
import { shippedSpecs } from '../properties/cores.js';
import { multiplier } from '../properties/effort.js';
import { candidates } from './permit-points.js';
import { proberFor } from './planted.testing.js';

describe('cover points', () => {
  const prober = proberFor(undefined);
  const { table } = prober.collector;

  it('all have a name before the first program runs, and each its own', () => {
    expect(new Set(table.names).size).toBe(table.size);
    expect(table.reachable).toBeGreaterThan(1000);
    expect(table.reachable + table.excluded.length).toBe(table.size);
  });

  it('name no CSR outcome that its address forbids', () => {
    expect(table.isReachable('csr VS reads hstatus: virtual')).toBe(true);
    expect(table.isReachable('csr VS reads hstatus: allow')).toBe(false);
    expect(table.isReachable('csr VU writes vsstatus: allow')).toBe(false);
    expect(table.isReachable('csr M writes mhartid: illegal')).toBe(true);
    expect(table.isReachable('csr M writes mhartid: allow')).toBe(false);
  });

  it('name nothing behind a return that the mode returned to cannot do', () => {
    expect(table.isReachable('behind mret M -> U, environment_call_from_u')).toBe(true);
    expect(table.isReachable('behind mret M -> U, environment_call_from_hs')).toBe(false);
    expect(table.isReachable('behind mret M -> U, xret')).toBe(false);
    expect(table.isReachable('behind sret HS -> VS, load of a guest')).toBe(false);
    expect(table.isReachable('behind a write of mtvec, virtual_instruction')).toBe(false);
  });

  it('leave a permit row out of a mode in which an earlier row always decides', () => {
    const sret = shippedSpecs().isa.permits.find((t) => t.name === 'sret');
    expect(candidates(sret?.rows ?? [], (v) => (v === 'mode' ? 4n : undefined)).every((r) => r.then === 'virtual')).toBe(true);
  });

  it('name no access to a device that its width and kind forbid', () => {
    expect(table.isReachable('device clint: sd taken')).toBe(true);
    expect(table.isReachable('device clint: lb taken')).toBe(false);
    expect(table.isReachable('device clint: lb refused')).toBe(true);
    // By memory protection.
    expect(table.isReachable('device uart: lb refused')).toBe(true);
    expect(table.isReachable('device uart: hlvx.wu taken')).toBe(false);
  });

  it.each([
    ['supervisor_software behind alu', /pending or enabled only by a csr write, a xret or a trap/],
    ['virtual_supervisor_software behind load', /only by a csr write/],
    ['machine_software behind muldiv', /a store of a device/],
    ['behind a write of hstatus, environment_call_from_u', /the mode does not change in between: M, HS there/],
    ['behind a write of mstatus, environment_call_from_vs', /environment_call_from_vs in VS only/],
    ['behind a write of stvec, virtual_instruction', /virtual_instruction in VS, VU only/],
    ['behind mret M -> U, csr write', /csr write in M, HS, VS only/],
    ['context csr write, then environment_call_from_u', /mode does not change/],
    ['context environment_call_from_m, then interrupt', /all interrupts disabled/],
    ['context load of a device needs jump 1 before', /links an address in memory/],
    ['transition environment_call_from_m M -> HS', /never goes to a less privileged mode/],
    ['device clint: lb taken', /no such width/],
    ['device clint: amoadd.d taken', /nothing atomic/],
    ['instruction ecall in VU', /its exceptions count/],
    ['instruction hlv.w in VS', /never allow it in VS/],
    ['instruction mul of 16 bits', /no instruction of 16 bits/],
    ['case sret.sret_v0 in VS', /not about VS/],
    ['case mret.mret_to_m in HS', /not allowed in HS/],
    ['entry of stage G, load: mstatus_sum_op', /not about this stage/],
    ['leaf of stage VS at level 1, one of 16, load', /only leaves of the last level/],
    ['walk of a host for a table, load: refused by the second stage', /only a guest has/],
  ])('exclude %s by name, with the reason', (name, reason) => {
    expect(table.excluded.find((point) => point.name === name)?.reason).toMatch(reason);
  });

  it.each([
    'machine_software behind store of a device', 'machine_timer behind alu', 'virtual_supervisor_timer behind load', 'virtual_supervisor_external behind load', 'supervisor_software behind xret',
    // A guest's sie is a view of hie, which is one of mie; its sstatus is vsstatus, and not mstatus.
    'behind a write of mie, environment_call_from_vs', 'behind a write of vsstatus, virtual_instruction', 'context wait, then store of a guest',
    'instruction hlv.w in U', 'instruction add of 16 bits', 'case sret.sret_v1 in VS', 'field mstatus.MPP: a value refused', 'entry of stage G, fetch: pte_invalid', 'walk of a guest for an update, load: writes A or D',
  ])('do not exclude %s', (name) => {
    expect(table.isReachable(name)).toBe(true);
  });

  it('that count as impossible are never reached', () => {
    const reached = new Set<string>();
    for (let number = 0; number < 3000 * multiplier(); number++) {
      const probe = prober.probe(prober.planOf(number));
      if (probe.kind === 'agreed') for (const point of probe.points) if (table.excludes(point) !== undefined) reached.add(table.name(point));
    }
    expect([...reached]).toEqual([]);
  });

  it('are reached by ordinary programs, and the same program reaches the same', () => {
    const plan = prober.maker.make(42);
    const first = prober.probe(plan);
    const reached = first.kind === 'agreed' ? [...first.points] : [];
    expect(reached.length).toBeGreaterThan(10);
    prober.probe(prober.maker.make(43));
    expect(prober.probe(plan)).toEqual({ kind: 'agreed', points: reached });
  });

  it('see who needs whose result', () => {
    const names = new Set<string>();
    for (let number = 0; number < 150; number++) {
      const probe = prober.probe(prober.maker.make(number));
      if (probe.kind === 'agreed') for (const point of probe.points) names.add(table.name(point));
    }
    expect([...names]).toEqual(expect.arrayContaining(['context alu needs load 1 before', 'context branch taken, then alu', 'transition sret HS -> VS', 'pipeline redirects']));
  });
});
