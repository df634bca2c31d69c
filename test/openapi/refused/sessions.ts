import { answeringProofs } from "../../fakes/world/answering-proofs.ts";
import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** Proofs without a verdict: the budget is always used up. */
const UNKNOWN = answeringProofs(() => ({ verdict: "unknown", why: "budget" }));
/** Proofs that find a call which no permit permits. */
const UNPROVEN = answeringProofs(() => ({
  verdict: "counterexample",
  call: {
    action: "s3:GetObject",
    resource: "arn:aws:s3:::acme-data/x",
    account: "111122223333",
    tags: {},
    told: "none",
    keys: {},
    conditions: {},
    atSeconds: 0,
    from: "the asker's address",
    objection: "no permit",
  },
}));

/** Refusals of any call that needs a session from STS. */
export const refusedSessions = (arrange: Arrange) =>
  ({
    sts_unavailable: whenPort("sessions", undefined, "sts_unavailable", arrange),
    sts_refused: whenPort("sessions", undefined, "sts_refused", arrange),
    session_policy_unknown: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNKNOWN } }),
    session_policy_unproven: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNPROVEN } }),
  }) satisfies Refused;
