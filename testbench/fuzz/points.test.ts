import { describe, expect, it } from 'vitest';
import { shippedSpecs } from '../properties/cores.js';
import { candidates } from './permit-points.js';
import { proberFor } from './planted.testing.js';

describe('cover points', () => {
  const prober = proberFor(undefined);
  const { table } = prober.collector;

  it('all have a name before the first program runs, and each its own', () => {
    expect(new Set(table.names).size).toBe(table.size);
    expect(table.size).toBeGreaterThan(1000);
  });

  it('name no CSR outcome that its address forbids', () => {
    expect(table.find('csr VS reads hstatus: virtual')).toBeDefined();
    expect(table.find('csr VS reads hstatus: allow')).toBeUndefined();
    expect(table.find('csr VU writes vsstatus: allow')).toBeUndefined();
    expect(table.find('csr M writes mhartid: illegal')).toBeDefined();
    expect(table.find('csr M writes mhartid: allow')).toBeUndefined();
  });

  it('name nothing behind a return that the mode returned to cannot do', () => {
    expect(table.find('behind mret M -> U, environment_call_from_u')).toBeDefined();
    expect(table.find('behind mret M -> U, environment_call_from_hs')).toBeUndefined();
    expect(table.find('behind mret M -> U, xret')).toBeUndefined();
    expect(table.find('behind sret HS -> VS, load of a guest')).toBeUndefined();
    expect(table.find('behind a write of mtvec, virtual_instruction')).toBeUndefined();
  });

  it('leave a permit row out of a mode in which an earlier row always decides', () => {
    const sret = shippedSpecs().isa.permits.find((t) => t.name === 'sret');
    expect(candidates(sret?.rows ?? [], (v) => (v === 'mode' ? 4n : undefined)).every((r) => r.then === 'virtual')).toBe(true);
  });

  it('name no access to a device that its width and kind forbid', () => {
    expect(table.find('device clint: sd taken')).toBeDefined();
    expect(table.find('device clint: lb taken')).toBeUndefined();
    expect(table.find('device clint: lb refused')).toBeDefined();
    expect(table.find('device uart: lb refused')).toBeUndefined();
    expect(table.find('device uart: hlvx.wu taken')).toBeUndefined();
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
