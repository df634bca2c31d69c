import { defined } from "../../functions/core/defined.ts";
/**
 * Result of a check, with its remedy. `skipped`: the check was impossible from here, and `mend` names what it needs.
 */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "bad" | "unknown" | "skipped";
  readonly found: string;
  readonly mend?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, state: "ok", found });
export const bad = (check: string, found: string, mend: string): Finding => ({ check, state: "bad", found, mend });
export const unknown = (check: string, found: string, mend?: string): Finding => ({
  check,
  state: "unknown",
  found,
  ...defined({ mend }),
});
export const skipped = (check: string, found: string, mend: string): Finding => ({
  check,
  state: "skipped",
  found,
  mend,
});
