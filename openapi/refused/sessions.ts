import type { Proofs } from "../../functions/core/proof/proofs.ts";
import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** Proofs without a verdict: the budget is always used up. */
const UNPROVEN: Proofs = { answer: () => ({ verdict: "unknown", why: "budget" }) };

/** Refusals of any call that needs a session from STS. */
export const refusedSessions = (arrange: Arrange) =>
  ({
    sts_unavailable: whenPort("sessions", undefined, "sts_unavailable", arrange),
    sts_refused: whenPort("sessions", undefined, "sts_refused", arrange),
    session_policy_unproven: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNPROVEN } }),
  }) satisfies Refused;
