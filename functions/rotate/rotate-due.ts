import { createHash } from "node:crypto";
import type { Clock, Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import {
  CLOCK_SECONDS,
  type RotatingSecret,
  type RotatingSecrets,
  versionAt,
  WRITE_PAUSE_SECONDS,
} from "../core/secrets/rotating-secret.ts";
import { rotationDueAt, type SecretLocks, type SecretState, usedUntil } from "../core/secrets/secret-lock.ts";
import type { RotationNeeds } from "./kinds/rotation-kind.ts";
import { rotationKindsBy } from "./kinds/rotation-kinds.ts";

export interface DuePorts extends RotationNeeds {
  readonly rotating: RotatingSecrets;
  readonly locks: SecretLocks;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time after which a run begins no further secret; seconds. The function's time-out is 55 s, and one secret takes some seconds at worst. */
const BUDGET_SECONDS = 30;

/**
 * Outcome for a secret that is due for rotation.
 * - `early`: its value is less than ten minutes old, so the rotation waits.
 * - `declined`: a rotation was requested, but valetkey does not rotate this secret.
 * - `rotating`: the rotation was requested from Secrets Manager.
 * - `rotated`: a new value is in force, and the secret is no longer due.
 */
type Outcome = "rotated" | "rotating" | "early" | "declined";

/**
 * Rotates, each minute, the secrets that tasks have used or whose rotation was requested, and then releases them. Only the age of the current value decides
 * whether a secret was rotated. The rotation's author, a dead run or a concurrent one makes no difference.
 * @throws the first error that is no `Refusal`, after all other secrets had their turn.
 */
export async function rotateDue(ports: DuePorts): Promise<void> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const due = (await ports.locks.states()).filter((state) => rotationDueAt(state) + 2 * CLOCK_SECONDS <= nowSeconds);
  const failures: unknown[] = [];
  // Each minute begins with another secret, so that a slow one does not block the same secrets each time.
  const first = Math.floor(nowSeconds / 60) % Math.max(1, due.length);
  for (const state of [...due.slice(first), ...due.slice(0, first)]) {
    if (ports.clock.nowMs() / 1_000 - nowSeconds >= BUDGET_SECONDS) break;
    try {
      const outcome = await attend(state, nowSeconds, ports);
      ports.log.write({ level: "info", event: "rotation_due", secret: state.name, outcome });
    } catch (error) {
      // A failure does not block the other secrets.
      const why = (error instanceof Refusal ? error.detail.why : undefined) ?? reasonOf(error);
      ports.log.write({ level: "error", event: "rotation_failed", secret: state.name, why });
      if (!(error instanceof Refusal)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function attend(state: SecretState, nowSeconds: number, ports: DuePorts): Promise<Outcome> {
  const secret = await ports.rotating.describe(state.name);
  const current = secret && (await ports.rotating.read(secret, "AWSCURRENT"));
  if (!current) {
    // A secret that a task has used stays locked until it is rotated, and the failure is logged each minute.
    if (Number.isFinite(usedUntil(state)) || state.askedAt === undefined)
      throw new Refusal("connector_refused", { why: "it is no secret that valetkey rotates" });
    await ports.locks.recordDeclined(state.name, state, Math.floor(nowSeconds));
    return "declined";
  }
  const isNewerThan = (moment: number) => current.createdAt >= moment + CLOCK_SECONDS;
  const isAnswered = state.askedAt !== undefined && isNewerThan(state.askedAt);
  const isPastItsUse = isNewerThan(usedUntil(state));
  if (isAnswered && !state.retires) await ports.locks.recordDone(state.name, state, Math.floor(current.createdAt));
  // Retires the earlier values before the secret is released, or recorded as out of reach of an agent that was offboarded.
  if (isPastItsUse || (isAnswered && state.retires)) {
    await rotationKindsBy(ports)[secret.kind].retire(secret, current.text, () =>
      isStill(secret, current.versionId, ports),
    );
    if (isAnswered && state.retires) await ports.locks.recordDone(state.name, state, Math.floor(current.createdAt));
    if (isPastItsUse) await ports.locks.recordRotated(state.name, Math.floor(current.createdAt));
  }
  const isWaiting = [state.askedAt ?? Number.POSITIVE_INFINITY, usedUntil(state)].some(
    (moment) => moment + CLOCK_SECONDS <= nowSeconds && !isNewerThan(moment),
  );
  if (!isWaiting) return "rotated";
  if (nowSeconds < current.createdAt + WRITE_PAUSE_SECONDS) return "early";
  // One token for each value, so that a concurrent run requests the same rotation.
  await ports.rotating.start(secret, createHash("sha256").update(`${secret.arn} ${current.versionId}`).digest("hex"));
  return "rotating";
}

/** Returns true while the version is AWSCURRENT and no other one is pending. */
async function isStill({ arn }: RotatingSecret, versionId: string, { rotating }: DuePorts): Promise<boolean> {
  const now = await rotating.describe(arn);
  const pending = now && versionAt(now, "AWSPENDING");
  return now !== undefined && versionAt(now, "AWSCURRENT") === versionId && (pending ?? versionId) === versionId;
}
