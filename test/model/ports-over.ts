import { DynamoHolds } from "../../functions/adapters/dynamodb/holds/dynamo-holds.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoPolicyWrites } from "../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../../functions/adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoHalts } from "../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoPanics } from "../../functions/adapters/dynamodb/stops/dynamo-panics.ts";
import { DynamoPauses } from "../../functions/adapters/dynamodb/stops/dynamo-pauses.ts";
import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { MemoryRecentSessions } from "../../functions/adapters/sts/recent-sessions.ts";
import { FakeSessions } from "../fakes/tasks/sessions.ts";
import type { FakeWorld } from "../fakes/world/world.ts";

/** Ports of one process over the table's real code, with caches of its own. @param nowMs clock of the process. */
export const portsOver = (table: DynamoTable, { ports }: FakeWorld, nowMs: () => number): FakeWorld["ports"] =>
  ({
    ...ports,
    clock: { nowMs },
    tasks: new DynamoTasks(table),
    agents: new DynamoAgents(table, { robots: "sub" }, nowMs),
    holds: new DynamoHolds(table),
    roles: new DynamoRoles(table),
    halts: new DynamoHalts(table),
    panics: new DynamoPanics(table, nowMs, undefined),
    pauses: new DynamoPauses(table),
    policyWrites: new DynamoPolicyWrites(table),
    loads: new DynamoRoleLoads(table, nowMs),
    sessions: new FakeSessions(nowMs),
    recent: new MemoryRecentSessions(nowMs),
  }) as unknown as FakeWorld["ports"];
