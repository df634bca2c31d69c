import type { Proofs } from "../../functions/core/proof/proofs.ts";
import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** Proves nothing. */
const UNPROVEN: Proofs = { answer: () => ({ verdict: "unknown", why: "budget" }) };

/** What can happen to anybody for whom STS is asked. */
export const refusedSessions = (arrange: Arrange) =>
  ({
    sts_unavailable: whenPort("sessions", undefined, "sts_unavailable", arrange),
    sts_refused: whenPort("sessions", undefined, "sts_refused", arrange),
    session_policy_unproven: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNPROVEN } }),
  }) satisfies Refused;
