import type { PathsOf } from "../http/paths.ts";
import { explainPolicy } from "./explain-policy.ts";
import type { ExplainPorts } from "./explain-ports.ts";
import { readOwnReach } from "./read-own-reach.ts";
import { readPolicies } from "./read-policies.ts";
import { readReach } from "./read-reach.ts";

/** Paths of `explain`, by their routes. */
export const PATHS = {
  "GET /v1/policies": readPolicies,
  "POST /v1/policies/explain": explainPolicy,
  "GET /v1/agents/{agent}/reach": readReach,
  "GET /v1/self/reach": readOwnReach,
} as const satisfies PathsOf<"explain", ExplainPorts>;
