import { poolIndex, type TaskPath } from "../../functions/core/tasks/path.ts";
import { taskRoleArns } from "../../infra/rights.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import { ACCOUNT } from "../policies/bench-policies.ts";
import type { PolicyWrites } from "./policy-writes.ts";
import type { TryKey } from "./try-key.ts";

/** Tried again after this long even where the policy says nothing new. */
const PATIENCE_MS = 1_000;

/** A key of a task, and where what denies it is written. */
export interface WatchedKey {
  readonly path: TaskPath;
  readonly roleArn: string;
  readonly tryKey: TryKey;
}

/** What the keys are for. */
export function putReport(cloud: BenchCloud): void {
  cloud.aws.admin(ACCOUNT).putBucket("acme-data");
  cloud.aws.admin(ACCOUNT).putObject("acme-data", "reports/weekly.csv", "week,orders\n");
}

/** The task role that a task's sessions are of. */
export function roleArnOf({ scope }: BenchCloud, path: TaskPath): string {
  const pool = taskRoleArns(scope.partition, ACCOUNT, scope.targets[0]?.taskRoles ?? 1);
  return pool[poolIndex(path, pool.length)] ?? "";
}

/** From now until AWS refuses the key: milliseconds, `Infinity` where it never did. */
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
