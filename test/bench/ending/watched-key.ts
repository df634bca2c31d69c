import { poolIndex, type TaskPath } from "../../../functions/core/task-path.ts";
import { taskRoleName } from "../../../functions/hub-names.ts";
import type { BenchAgent, Vended } from "../cloud/bench-agent.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import { ACCOUNT } from "../policies/bench-policies.ts";
import type { PolicyWrites } from "./policy-writes.ts";
import { keyTrier, type TryKey } from "./try-key.ts";

/** Longest pause between two tries of a key, without a change of the policy; milliseconds. */
const PATIENCE_MS = 1_000;

/** Key of a task, with the role whose policy will deny it. */
export interface WatchedKey {
  readonly path: TaskPath;
  readonly roleArn: string;
  readonly tryKey: TryKey;
}

/** Task whose agent will end it, with its key. */
export interface OpenTask extends WatchedKey {
  readonly agent: BenchAgent;
  readonly vended: Vended;
}

/** Creates the object that the keys read. */
export function putReport(cloud: BenchCloud): void {
  cloud.aws.admin(ACCOUNT).putBucket("acme-data");
  cloud.aws.admin(ACCOUNT).putObject("acme-data", "reports/weekly.csv", "week,orders\n");
}

/** Opens a task and proves that its key works. */
export async function openOne(agent: BenchAgent, cloud: BenchCloud): Promise<OpenTask> {
  const vended = await agent.vend();
  const tryKey = await keyTrier(vended, cloud.aws.endpoint);
  const status = await tryKey();
  if (status !== 200) throw new Error(`a fresh key was answered with ${status}: there would be nothing to take away`);
  const path = vended.task.id as TaskPath;
  return { agent, vended, path, roleArn: roleArnOf(cloud, path), tryKey };
}

/** Returns the ARN of a task's role. */
export function roleArnOf({ scope }: BenchCloud, path: TaskPath): string {
  const role = taskRoleName(poolIndex(path, scope.targets[0]?.taskRoles ?? 1), {});
  return `arn:${scope.partition}:iam::${ACCOUNT}:role/${role}`;
}

/** Measures the time until AWS refuses the key; milliseconds, `Infinity` where it never does. */
export async function untilDenied(
  { path, roleArn, tryKey }: WatchedKey,
  writes: PolicyWrites,
  { aws }: BenchCloud,
  giveUpMs: number,
): Promise<number> {
  const beganAtMs = performance.now();
  while (performance.now() - beganAtMs < giveUpMs) {
    await writes.untilChanged(aws, roleArn, path, PATIENCE_MS);
    if ((await tryKey()) === 403) return performance.now() - beganAtMs;
  }
  return Number.POSITIVE_INFINITY;
}
