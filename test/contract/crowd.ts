import { agentId } from "../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoPendingRevocations } from "../../functions/adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../../functions/adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoSecretLocks } from "../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { DynamoObservations } from "../../functions/adapters/dynamodb/observed/dynamo-observations.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { atOnce } from "../../functions/core/at-once.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../functions/core/journal/event.ts";
import type { LocalAccounts } from "../../local/cloud/local-accounts.ts";
import { aLease, aTask, aUse, NOW } from "../fakes/samples/task.ts";

const ROLES = 4;

/** Connects to the record in the embedded AWS, with a function's rights. */
export function recordAs(
  who: "tester" | "operate" | "sweep",
  accounts: LocalAccounts,
  clock: { nowMs(): number },
  tableOver = sdkTable,
) {
  accounts.become(who);
  const table = tableOver(accounts.scope.tableName);
  return {
    agents: new DynamoAgents(table, { robots: "sub" }, () => clock.nowMs()),
    tasks: new DynamoTasks(table),
    roles: new DynamoRoles(table),
    policyWrites: new DynamoPolicyWrites(table),
    loads: new DynamoRoleLoads(table, () => clock.nowMs()),
    observations: new DynamoObservations(table),
    pendingRevocations: new DynamoPendingRevocations(table),
    locks: new DynamoSecretLocks(table, () => clock.nowMs()),
    clock,
    deployment: { accounts: [{ id: accountId("111122223333"), region: regionNamed("us-east-1"), taskRoles: ROLES }] },
  };
}

/** Writes an agent with `size` live tasks of one lease each straight into the record. */
export async function crowd(size: number, accounts: LocalAccounts, clock: { nowMs(): number }): Promise<Agent> {
  const { agents, tasks } = recordAs("tester", accounts, clock);
  const event = linkEvent(EMPTY_CHAIN, "crowd", "agent.registered", clock.nowMs(), { by: "staff|alice" });
  const agent: Agent = {
    id: agentId("crowd"),
    name: "Crowd",
    owner: "owner@acme.test",
    team: "demo",
    bindings: [{ issuer: "robots", claims: { sub: "agent:crowd" } }],
    status: "active",
    limits: { ...DEFAULT_LIMITS, liveTasks: size },
    createdAt: NOW,
    chain: headOf(event),
  };
  await agents.register(agent, event);
  await atOnce(8, [...Array(size).keys()], async (index) => {
    const leases = [aLease(0, { role: `valetkey-task-${index % ROLES}` })];
    const { task, event: opened } = aTask({ agent: agent.id, leases });
    await tasks.open(task, opened, aUse(), undefined);
  });
  return agent;
}
