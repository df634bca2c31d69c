import { randomBytes } from "node:crypto";
import { setTimeout as sleep, setImmediate as yieldOnce } from "node:timers/promises";
import type { FunctionName } from "../../../contract/names.ts";
import { type Conditions, NO_CONDITIONS, StoredConditions } from "../../core/conditions/conditions.ts";
import type { Connectors } from "../../core/connectors/connector.ts";
import { type Deployment, pinsOf } from "../../core/deployment/deployment.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import { readPolicies } from "../cedar/read-policies.ts";
import { DynamoConditions } from "../dynamodb/conditions/dynamo-conditions.ts";
import { DynamoAgents } from "../dynamodb/identity/dynamo-agents.ts";
import { DynamoJournal } from "../dynamodb/journal/dynamo-journal.ts";
import { keysInTable, publishedSeals } from "../dynamodb/journal/published-seals.ts";
import { DynamoRoleLoads } from "../dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../dynamodb/leases/dynamo-roles.ts";
import { DynamoRateLimits } from "../dynamodb/observed/dynamo-rate-limits.ts";
import { DynamoPanics } from "../dynamodb/stops/dynamo-panics.ts";
import { DynamoPauses } from "../dynamodb/stops/dynamo-pauses.ts";
import type { DynamoTable } from "../dynamodb/table/dynamo-table.ts";
import { DynamoTasks } from "../dynamodb/tasks/dynamo-tasks.ts";
import { readCatalogue, readDeployment, readThreats } from "../files/read-deployment.ts";
import { DeploymentBundle } from "../files/shipped-files.ts";
import { JoseTokens } from "../jose/jose-tokens.ts";
import { stdoutLog } from "./stdout-log.ts";

/** Deployment in the function's own bundle, read once. */
interface Deployed {
  readonly shipped: DeploymentBundle;
  readonly deployment: Deployment;
}

/** Reads the deployment of a function's bundle. @throws {BrokenDeployment} */
export function readDeployed({ VALETKEY_DEPLOYMENT: folder }: { readonly VALETKEY_DEPLOYMENT: string }): Deployed {
  const shipped = new DeploymentBundle(folder);
  return { shipped, deployment: readDeployment(shipped) };
}

/** Makes a function's connectors from its deployment and table. */
type Connect = (deployment: Deployment, table: DynamoTable, nowMs: () => number) => Promise<Connectors>;

/**
 * Builds the ports of a function that answers requests, once for each cold start.
 * @param table valetkey's table, over the client that the function uses.
 * @param by function that answers; the counts of its rate limits are its own.
 * @param connect makes the connectors of a function that hands out credentials; the other functions have none.
 * @throws {BrokenDeployment}
 */
export async function buildPorts(
  by: FunctionName,
  table: DynamoTable,
  { shipped, deployment }: Deployed,
  connect: Connect = async () => ({}),
): Promise<Ports & Pick<SealingPorts, "approvals" | "consents" | "acceptances">> {
  const nowMs = () => Date.now();
  const acceptances = once(async () => {
    const { DynamoAcceptances } = await import("../dynamodb/approvals/dynamo-acceptances.ts");
    return new DynamoAcceptances(table, readThreats(shipped), nowMs);
  });
  const hasGate = by === "exchange" && deployment.threatModels !== undefined;
  // Acceptances are read beside the agent, so that the gate costs a vend no further round trip.
  const store = hasGate ? await acceptances() : undefined;
  return {
    deployment,
    catalogue: readCatalogue(shipped),
    policies: await readPolicies(shipped),
    connectors: await connect(deployment, table, nowMs),
    clock: { nowMs },
    random: { bytes: (count) => randomBytes(count) },
    pause: (ms) => (ms === 0 ? yieldOnce() : sleep(ms)),
    tokens: new JoseTokens(nowMs),
    agents: new DynamoAgents(table, pinsOf(deployment), nowMs, (id) => store?.begin(id)),
    tasks: new DynamoTasks(table),
    roles: new DynamoRoles(table),
    journal: new DynamoJournal(table),
    rateLimits: new DynamoRateLimits(table, nowMs, by),
    panics: new DynamoPanics(table, nowMs, deployment.restoredAt),
    pauses: new DynamoPauses(table),
    conditions: conditionsOf(deployment, table, nowMs),
    loads: new DynamoRoleLoads(table, nowMs),
    approvals: async () => new (await import("../dynamodb/approvals/dynamo-approvals.ts")).DynamoApprovals(table),
    consents: async () => new (await import("../dynamodb/tasks/dynamo-consents.ts")).DynamoConsents(table),
    acceptances,
    seals: publishedSeals(keysInTable(table), nowMs),
    log: stdoutLog,
  };
}

/** Returns the conditions of the deployment; of a deployment that defines none, without a read. */
const conditionsOf = ({ conditions }: Deployment, table: DynamoTable, nowMs: () => number): Conditions =>
  conditions === undefined ? NO_CONDITIONS : new StoredConditions(new DynamoConditions(table), conditions, nowMs);

/** Makes a function whose first call makes the value for all. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
