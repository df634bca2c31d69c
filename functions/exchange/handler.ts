import { DynamoBudgets } from "../adapters/dynamodb/budgets/dynamo-budgets.ts";
import { DynamoHolds } from "../adapters/dynamodb/holds/dynamo-holds.ts";
import { DynamoAccountHalts } from "../adapters/dynamodb/stops/dynamo-account-halts.ts";
import { DynamoCoolDowns } from "../adapters/dynamodb/stops/dynamo-cool-downs.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { httpAssumeRole } from "../adapters/sts/http-assume-role.ts";
import { MemoryRecentSessions } from "../adapters/sts/recent-sessions.ts";
import { StsSessions } from "../adapters/sts/sts-sessions.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { connectProviders } from "../adapters/wiring/connect-providers.ts";
import { reachPersonTags } from "../adapters/wiring/reach-person-tags.ts";
import { secretRecordKey } from "../adapters/wiring/reach-record-key.ts";
import { reachRefusalWatch } from "../adapters/wiring/reach-refusal-watch.ts";
import { reachSessionLock } from "../adapters/wiring/reach-session-lock.ts";
import { reachSignInCodes } from "../adapters/wiring/reach-sign-in-codes.ts";
import { connectorsOf } from "../connectors/connectors.ts";
import { Admission } from "../core/admission.ts";
import { NEVER } from "../core/ceiling/ceiling-actions.ts";
import type { SealingPorts } from "../core/ports.ts";
import { CachingProofs } from "../core/proof/proofs.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { shedding } from "../http/shed.ts";
import { workedMs } from "../worked-ms.ts";
import { PATHS } from "./paths.ts";

const load = async (): Promise<SealingPorts> => {
  const env = readEnv("exchange");
  const table = httpTable(env.VALETKEY_TABLE, { isBatching: true });
  const deployed = readDeployed(env);
  // Begins to read the key first, so that the key is in memory when the first record must be sealed.
  const recordKey = secretRecordKey(table, deployed.deployment, () => Date.now());
  const ports = await buildPorts("exchange", table, deployed, (...from) => connectorsOf(connectProviders(...from)));
  const proofs = new CachingProofs(workedMs);
  proofs.prepare({ policies: ports.policies.stated, catalogue: ports.catalogue, never: NEVER });
  const { nowMs } = ports.clock;
  return {
    ...ports,
    sessions: new StsSessions(ports.deployment.partition, httpAssumeRole(), nowMs),
    recent: new MemoryRecentSessions(nowMs),
    sessionLock: reachSessionLock(ports.deployment),
    budgets: new DynamoBudgets(table),
    holds: new DynamoHolds(table),
    accountHalts: new DynamoAccountHalts(table),
    coolDowns: new DynamoCoolDowns(table, ports.clock),
    watch: reachRefusalWatch(table, env.VALETKEY_BUS, nowMs),
    ...{
      seals: recordKey,
      recordKey,
      proofs,
      codes: reachSignInCodes(ports.deployment),
      personTags: reachPersonTags(ports.deployment),
    },
  };
};

const admission = new Admission();

export const handler = serveLoaded(load, (ports) => shedding(pathsOver(PATHS, ports), admission, ports));
