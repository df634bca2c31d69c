import { canonicalJson } from "../../../../contract/canonical-json.ts";
import { type Agent, type Registration, registrationOf } from "../../../core/identity/agent.ts";
import { agentRecordOf } from "../table/dynamo-item.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Makes the writes of a new registration, whose agent is active. */
export const registered = (table: DynamoTable, agent: Agent): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), "absent"),
  table.putWrite("active", keys.active(agent.id), itemOf(agent), "absent"),
];

/**
 * Makes the writes of a changed registration, on the condition that it is as it was read. Writes the entry of an active
 * agent only, so an inactive agent stays inactive.
 */
export const changed = (table: DynamoTable, agent: Agent, before: Registration): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), as(before)),
  ...(agent.status === "active" ? [table.putWrite("active", keys.active(agent.id), itemOf(agent), as(before))] : []),
];

/**
 * Makes the writes that activate an agent again. The condition is that the stored registration, which only `register`
 * can write, is as it was read.
 */
export const activated = (table: DynamoTable, agent: Agent, before: Registration): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), as(before)),
  table.putWrite("active", keys.active(agent.id), itemOf(agent), "absent"),
];

/** Makes the writes that deactivate an agent. An agent that is offboarded also loses its registration, for good. */
export const withdrawn = (table: DynamoTable, { id, status }: Agent): readonly Write[] => [
  table.deleteWrite("active", keys.active(id)),
  ...(status === "suspended" ? [] : [table.deleteWrite("registration", keys.registration(id))]),
];

/** Reads the registration in an item. Only `register` may put such an item (`infra/rights.ts`). */
export const registrationIn = (item: Item | undefined): Registration | undefined =>
  item && agentRecordOf<Registration>(JSON.parse(String(item.facts)));

/** Makes an item with all facts in one text, so that one condition detects any change. */
const itemOf = (agent: Registration): Item => ({ facts: canonicalJson(registrationOf(agent)) });

const as = (before: Registration) => ({
  where: "#facts = :before",
  names: { facts: "facts" },
  values: { before: itemOf(before).facts },
});
