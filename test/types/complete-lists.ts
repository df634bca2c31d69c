import { type KeptObligation, OBLIGATIONS } from "../../functions/core/policy/obligations.ts";

// Members of lists that must not compile, since they lack a part. `tsc` fails where a line below would compile.

export const right: KeptObligation<"bindIp"> = OBLIGATIONS.bindIp;

const { keep: _, ...unenforced } = OBLIGATIONS.bindIp;
// @ts-expect-error an obligation that nothing enforces
export const withoutEnforcement: KeptObligation<"bindIp"> = unenforced;

const { keptBy: __, ...byAnybody } = OBLIGATIONS.bindIp;
// @ts-expect-error an obligation that does not say what can keep it
export const withoutKeepers: KeptObligation<"bindIp"> = byAnybody;

// @ts-expect-error an obligation that is enforced by another one's function
export const confused: KeptObligation<"bindIp"> = { ...OBLIGATIONS.bindIp, keep: OBLIGATIONS.rotateAfterUse.keep };
