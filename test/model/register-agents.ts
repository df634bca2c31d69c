import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../functions/core/journal/event.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { AGENTS } from "./replayed-acts.ts";

/** Registers the agents of the models' tasks. @param atMs moment of the registration; epoch milliseconds. */
export async function registerAgents(world: FakeWorld, table: DynamoTable, atMs: number): Promise<void> {
  const agents = new DynamoAgents(table, { robots: "sub" }, () => atMs);
  for (const id of Object.values(AGENTS)) {
    const event = linkEvent(EMPTY_CHAIN, id, "agent.registered", atMs, { by: "staff|alice" });
    await agents.register({ ...world.addAgent({ id }), chain: headOf(event) }, event);
  }
}
