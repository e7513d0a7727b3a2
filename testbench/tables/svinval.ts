/** Svinval: the permits of SINVAL.VMA, HINVAL.VVMA, HINVAL.GVMA are the fences'; SFENCE.W.INVAL and SFENCE.INVAL.IR mind neither TVM nor VTVM. */
import { perMode, type ByMode } from './legality.js';
import type { TableRow } from './row.js';

/** `[mstatus.TVM, hstatus.VTVM]` and what SINVAL.VMA, HINVAL.VVMA and HINVAL.GVMA do. */
const TVM: readonly { readonly tvm: number; readonly vtvm: number; readonly sinval: ByMode; readonly vvma: ByMode; readonly gvma: ByMode }[] = [
  {
    tvm: 0, vtvm: 0,
    sinval: { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' },
    vvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    gvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 1, vtvm: 0,
    sinval: { M: 'ok', HS: 'ill', U: 'ill', VS: 'ok', VU: 'vir' },
    vvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    gvma: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 0, vtvm: 1,
    sinval: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    vvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    gvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
  },
  {
    tvm: 1, vtvm: 1,
    sinval: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
    vvma: { M: 'ok', HS: 'ok', U: 'ill', VS: 'vir', VU: 'vir' },
    gvma: { M: 'ok', HS: 'ill', U: 'ill', VS: 'vir', VU: 'vir' },
  },
];

/** The two that only order. */
const ORDERING: ByMode = { M: 'ok', HS: 'ok', U: 'ill', VS: 'ok', VU: 'vir' };

/** Without and with registers: rs1 = x1, rs2 = x2. */
const OPERANDS = 0x0020_8000;

/** All rows. HU=1 everywhere: it has no say in these. */
export function svinvalRows(): readonly TableRow[] {
  const demand = { extensions: ['svinval'] } as const;
  const rules = ['Svinval_illegal_instruction_u_mode', 'Svinval_illegal_instruction_tvm', 'Svinval_virtual_instruction_vu_vs', 'Svinval_virtual_instruction_vtvms', 'H_virtinst_vs_sfence_sinval_satp_vtvm1', 'mstatus_tvm_hs'];
  const ordering = ['Svinval_sfence_w_inval_inval_u_mode', 'Svinval_sfence_w_inval_inval_vu_mode', 'Svinval_sfence_w_inval_inval_s_vs_mode'];
  return TVM.flatMap(({ tvm, vtvm, sinval, vvma, gvma }) => {
    const setup = { mstatus: { TVM: tvm }, hstatus: { VTVM: vtvm, HU: 1 } };
    const name = (what: string): string => `${what}-tvm${tvm}-vtvm${vtvm}`;
    return [
      ...([['sinval.vma', 0x1600_0073, sinval], ['hinval.vvma', 0x2600_0073, vvma], ['hinval.gvma', 0x6600_0073, gvma]] as const).flatMap(([what, word, outcomes]) => [
        ...perMode(name(what), rules, word, outcomes, setup, {}, demand),
        ...perMode(name(`${what}-x1-x2`), rules, word | OPERANDS, outcomes, setup, {}, demand),
      ]),
      ...perMode(name('sfence.w.inval'), ordering, 0x1800_0073, ORDERING, setup, {}, demand),
      ...perMode(name('sfence.inval.ir'), ordering, 0x1810_0073, ORDERING, setup, {}, demand),
    ];
  });
}
