import { proofText } from "../prove/proof-text.ts";
import { isProven, type ProvenSession } from "../prove/prove-sessions.ts";
import type { Difference } from "./compare.ts";

/** A session policy that is not proven fails its case: the exchange would not hand it out. */
export const unproven = (session: ProvenSession): readonly Difference[] =>
  isProven(session) ? [] : [{ what: "proof", expected: "proven", got: proofText(session) }];
