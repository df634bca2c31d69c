import type { PreparedPolicy } from "../core/policy/prepared-policy.ts";
import type { Decides } from "../policy/bundle.ts";
import type { ReadPolicy } from "../policy/read/parse-policies.ts";
import { readPrepared } from "../policy/read/read-prepared.ts";
import type { ExplainPorts } from "./explain-ports.ts";

const read = new WeakMap<readonly PreparedPolicy[], readonly ReadPolicy[]>();

/** Returns this function's policies, catalogue and deployment, with which the workbench decides. Parses the policies at the first call. */
export function deployedPolicies({ prepared, policies, catalogue, deployment }: ExplainPorts): Decides {
  const parsed = read.get(prepared) ?? readPrepared(prepared);
  read.set(prepared, parsed);
  return {
    policies: parsed,
    engine: policies,
    claims: policies.claims,
    catalogue,
    deployment,
    accounts: deployment.accounts,
  };
}
