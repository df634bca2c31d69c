import { setTimeout as sleep } from "node:timers/promises";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoPolicyWrites } from "../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoObservations } from "../../functions/adapters/dynamodb/observed/dynamo-observations.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { AwsProbeSessions } from "../../functions/adapters/sts/aws-probe-sessions.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { poolIndex, taskPath } from "../../functions/core/task-path.ts";
import { functionRoleName, taskRoleName } from "../../functions/hub-names.ts";
import { PACE, probe } from "../../functions/probe/probe.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { speakTo } from "../../local/cloud/local-accounts.ts";
import type { Cloud } from "../../local/cloud/start-cloud.ts";
import { ACCOUNT } from "./running-cloud.ts";

/** The keys of the function `probe`. */
export const probeKeys = (cloud: Cloud) =>
  cloud.aws.keysFor(
    functionRoleArn("probe", { partition: "aws", account: cloud.hubAccount }),
    functionRoleName("probe", {}),
  );

/** Runs the function's probe with its rights, but with the patience of a test. @returns its log lines. */
export async function watchBriefly(
  cloud: Cloud,
  task: string,
  endedAtMs: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  speakTo(cloud.aws.endpoint, probeKeys(cloud));
  const lines: Readonly<Record<string, unknown>>[] = [];
  const table = sdkTable("valetkey");
  const nowMs = () => Date.now();
  const path = taskPath(task);
  if (!path) throw new Error(`${task} is no task's path`);
  await probe(
    { path, account: ACCOUNT, role: taskRoleName(poolIndex(path, 2), {}), agent: agentId("demo"), endedAtMs },
    {
      probeSessions: new AwsProbeSessions(
        { partition: "aws", accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 2 }] },
        nowMs,
      ),
      policyWrites: new DynamoPolicyWrites(table),
      observations: new DynamoObservations(table),
      random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
      clock: { nowMs },
      pause: (ms) => sleep(ms),
      log: { write: (line) => void lines.push(line) },
    },
    { ...PACE, everyMs: 50, forMs: 1_500, actsWithinMs: 500 },
  );
  return lines;
}
