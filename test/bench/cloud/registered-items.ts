import { marshall } from "@aws-sdk/util-dynamodb";
import { agentId } from "../../../contract/agent-id.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { DEFAULT_LIMITS } from "../../../contract/limits.ts";
import { keys } from "../../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { type Agent, registrationOf } from "../../../functions/core/identity/agent.ts";
import { EMPTY_CHAIN } from "../../../functions/core/journal/event.ts";
import type { Item } from "../cold/tiny-aws.ts";
import { TEAM } from "../policies/bench-policies.ts";

/** Makes the items of registered agents, as the adapter writes them. @param ids agents; the issuer `local` names each as `agent:<id>`. */
export const registeredItems = (ids: readonly string[]): readonly Item[] => ids.flatMap(itemsOf);

function itemsOf(name: string): readonly Item[] {
  const id = agentId(name);
  const claims = { sub: `agent:${id}` };
  const agent: Agent = {
    id,
    name: id,
    owner: "bench",
    team: TEAM,
    bindings: [{ issuer: "local", claims }],
    status: "active",
    limits: DEFAULT_LIMITS,
    createdAt: 0,
    chain: EMPTY_CHAIN,
  };
  const binding = { ...keys.binding("local", claims.sub), bound: [{ agent: id, claims }], version: 1 };
  const active = { ...keys.active(id), facts: canonicalJson(registrationOf(agent)) };
  return [{ ...keys.agent(id), ...agent }, active, binding].map((item) => marshall(item) as Item);
}
