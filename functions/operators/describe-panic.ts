import type { PanicState } from "../../contract/panic.ts";
import { defined } from "../core/defined.ts";
import { isHalted, type Panic, resumesAt } from "../core/revocation/panic.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";

/** Describes the latest panic to operators. @param unwritable accounts where IAM cannot be written. */
export const describePanic = (
  panic: Panic | undefined,
  nowSeconds: number,
  unwritable?: PanicState["unwritable"],
): PanicState => ({
  ...defined({ unwritable }),
  halted: isHalted(panic, nowSeconds),
  ...(panic && {
    reason: panic.reason,
    declared_at: isoSeconds(panic.declaredAt),
    declared_by: panic.declaredBy,
    ...(panic.liftedAt !== undefined && {
      lifted_at: isoSeconds(panic.liftedAt),
      lifted_by: panic.liftedBy,
      resumes_at: isoSeconds(resumesAt(panic)),
    }),
  }),
});
