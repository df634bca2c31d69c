import type { PathsOf } from "../http/paths.ts";
import type { ConditionPorts } from "../operators/conditions.ts";
import { change, confirm, type ResumingPorts, resume } from "./change-agent.ts";
import { type LiftingPorts, liftAccount } from "./lift-account.ts";
import { loosenCondition } from "./loosen-condition.ts";
import { registerAgent } from "./register-agent.ts";
import { rehearse } from "./rehearse.ts";

/** Paths of `register`, by their routes. */
export const PATHS = {
  "POST /v1/agents": registerAgent,
  "POST /v1/agents/{agent}": change,
  "POST /v1/agents/{agent}/resume": resume,
  "POST /v1/agents/{agent}/confirm": confirm,
  "POST /v1/agents/{agent}/rehearse": rehearse,
  "POST /v1/accounts/{account}/lift": liftAccount,
  "POST /v1/conditions/{condition}/loosen": loosenCondition,
} as const satisfies PathsOf<"register", LiftingPorts & ResumingPorts & ConditionPorts>;
