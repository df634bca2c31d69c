import { isProven, type ProvenSession } from "../../../functions/policy/prove-sessions.ts";
import { proofText } from "../prove/proof-text.ts";
import type { Difference } from "./compare.ts";

/** Returns the difference of an unproven session policy, which fails its case: the exchange would not issue such a session. */
export const unproven = (session: ProvenSession): readonly Difference[] =>
  isProven(session) ? [] : [{ what: "proof", expected: "proven", got: proofText(session) }];
