import { isAccount, isHeaderSafe, isName, isRegion, isTaskId, recordOf } from "./fields.ts";
import type { NamedCredential, Task } from "./held-task.ts";
import { credentialOf } from "./task.ts";

/** Task with one of its credentials, stored between two runs of `credential-process`. */
export interface StoredTask {
  /** Task without its other credentials, which this command neither passes on nor stores. */
  readonly task: Omit<Task, "credentials" | "issued" | "aheadMs">;
  readonly held: NamedCredential;
  /** Time of issue; epoch milliseconds. */
  readonly issuedAtMs: number;
}

/** Parses a stored task; undefined for another value, or one from the future by this machine's clock. */
export function storedTaskOf(value: unknown, nowMs: number): StoredTask | undefined {
  const { task, held, issuedAtMs } = recordOf(value);
  const { id, token, status, expiresAtMs } = recordOf(task);
  const { name, account, region, credential } = recordOf(held);
  const parsed = credentialOf(recordOf(credential));
  if (!isTaskId(id) || !isHeaderSafe(token) || typeof status !== "string" || !isNumber(expiresAtMs)) return undefined;
  if (!isName(name) || !isAccount(account) || !isNumber(issuedAtMs) || issuedAtMs > nowMs) return undefined;
  if (parsed === undefined || (region !== undefined && !isRegion(region))) return undefined;
  return { task: { id, token, status, expiresAtMs }, held: { name, account, region, credential: parsed }, issuedAtMs };
}

const isNumber = (value: unknown): value is number => typeof value === "number";
