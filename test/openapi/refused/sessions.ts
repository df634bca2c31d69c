import { everyRole } from "../../../functions/steps/tasks/every-role.ts";
import { answeringProofs } from "../../fakes/world/answering-proofs.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";
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

/** Permits everything while sessions can be revoked. */
const REQUIRING = cedarOf(['@id("r") @requires("revocation") permit (principal, action, resource);']);

/** Arranges the call while IAM cannot be written, under policies that require that it can. */
const whileUnwritable =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    const tenMinutesAgo = (world.nowSeconds() - 600) * 1_000;
    for (const role of everyRole(world.ports.deployment))
      world.ports.loads.putWrites(role, { succeededAtMs: tenMinutesAgo });
    return { ...call, meanwhile: { policies: REQUIRING } };
  };

/** Refusals of any call that needs a session from STS. */
export const refusedSessions = (arrange: Arrange) =>
  ({
    sts_unavailable: whenPort("sessions", undefined, "sts_unavailable", arrange),
    revocation_unavailable: whileUnwritable(arrange),
    sts_refused: whenPort("sessions", undefined, "sts_refused", arrange),
    session_policy_unknown: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNKNOWN } }),
    session_policy_unproven: async (world) => ({ ...(await arrange(world)), meanwhile: { proofs: UNPROVEN } }),
  }) satisfies Refused;
