import { credentialOf, isHeaderSafe, isName, isTaskId, type NamedCredential, recordOf, type Task } from "./task.ts";

/** A task and one of its credentials, between two runs of `credential-process`. */
export interface KeptTask {
  /** Without what was issued for it: what this command does not hand on is not kept either. */
  readonly task: Omit<Task, "credentials" | "issued" | "aheadMs">;
  readonly held: NamedCredential;
  /** When the credential was issued to us; epoch milliseconds. */
  readonly issuedAtMs: number;
}

/** The kept task that the JSON describes; nothing where it is none, or was kept by a clock that was ahead of this one. */
export function keptTaskOf(value: unknown, nowMs: number): KeptTask | undefined {
  const { task, held, issuedAtMs } = recordOf(value);
  const { id, token, status, expiresAtMs } = recordOf(task);
  const { name, account, region, credential } = recordOf(held);
  const kept = credentialOf(recordOf(credential));
  if (!isTaskId(id) || !isHeaderSafe(token) || typeof status !== "string" || !isNumber(expiresAtMs)) return undefined;
  if (!isName(name) || typeof account !== "string" || !isNumber(issuedAtMs) || issuedAtMs > nowMs) return undefined;
  if (kept === undefined || (region !== undefined && typeof region !== "string")) return undefined;
  return { task: { id, token, status, expiresAtMs }, held: { name, account, region, credential: kept }, issuedAtMs };
}

const isNumber = (value: unknown): value is number => typeof value === "number";
