import { type Agent, type Registration, registrationOf } from "../../core/identity/agent.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { keys } from "./dynamo-keys.ts";
import type { DynamoTable, Write } from "./dynamo-table.ts";
import type { Item } from "./raw-item.ts";

/** Writes of a registration that is made: the agent is active. */
export const registered = (table: DynamoTable, agent: Agent): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), "absent"),
  table.putWrite("active", keys.active(agent.id), itemOf(agent), "absent"),
];

/**
 * Writes of a registration that is changed, where it is as it was read. An agent that is not active stays so: its entry is changed only where it is there.
 */
export const changed = (table: DynamoTable, agent: Agent, before: Registration): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), as(before)),
  ...(agent.status === "active" ? [table.putWrite("active", keys.active(agent.id), itemOf(agent), as(before))] : []),
];

/** Writes of an agent that is made active again, by the registration that `register` itself has kept. */
export const activated = (table: DynamoTable, agent: Agent, before: Registration): readonly Write[] => [
  table.putWrite("registration", keys.registration(agent.id), itemOf(agent), as(before)),
  table.putWrite("active", keys.active(agent.id), itemOf(agent), "absent"),
];

/** Writes by which an agent is active no more; of one that is on its way out the registration goes too, for good. */
export const withdrawn = (table: DynamoTable, { id, status }: Agent): readonly Write[] => [
  table.deleteWrite("active", keys.active(id)),
  ...(status === "suspended" ? [] : [table.deleteWrite("registration", keys.registration(id))]),
];

/** The registration in such an item. Only `register` may put one (`infra/rights.ts`). */
export const registrationIn = (item: Item | undefined): Registration | undefined =>
  item && (JSON.parse(String(item.facts)) as Registration);

/** One text, so that one condition tells whether any of it has changed. */
const itemOf = (agent: Registration): Item => ({ facts: canonicalJson(registrationOf(agent)) });

const as = (before: Registration) => ({
  where: "#facts = :before",
  names: { facts: "facts" },
  values: { before: itemOf(before).facts },
});
