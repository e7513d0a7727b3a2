import { describe, expect, it } from 'vitest';
import { Names } from './names.js';

describe('identifiers', () => {
  it('are the names with underscores for what SystemVerilog does not have in one', () => {
    const names = new Names();
    expect(names.take('execute.operand.a')).toEqual({ text: 'execute_operand_a' });
    expect(names.take('three-stage')).toEqual({ text: 'three_stage' });
    expect(names.take('2nd')).toEqual({ text: '_2nd' });
    expect(names.take('V')).toEqual({ text: 'V' });
  });

  it('are no reserved words, and say why they are other', () => {
    const names = new Names();
    expect(names.take('module')).toEqual({ text: 'module_', renamed: 'module is a reserved word' });
    expect(names.take('unique0')).toEqual({ text: 'unique0_', renamed: 'unique0 is a reserved word' });
    expect(names.take('module.pc')).toEqual({ text: 'module_pc' });
  });

  it('are different for different things, and name the thing that was first', () => {
    const names = new Names();
    names.take('csr.a_b');
    expect(names.take('csr.a.b')).toEqual({ text: 'csr_a_b_2', renamed: 'csr_a_b is csr.a_b' });
    expect(names.take('csr_a_b')).toEqual({ text: 'csr_a_b_3', renamed: 'csr_a_b is csr.a_b' });
    names.take('table_');
    expect(names.take('table').text).toBe('table_3');
  });
});
