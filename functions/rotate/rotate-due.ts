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

/** How long a run takes up another secret; seconds. The function's own time-out is 55 s, and one secret takes some seconds at worst. */
const BUDGET_SECONDS = 30;

/**
 * What became of a secret that waits. `early`: its last value is less than ten minutes old, so it stays pending until then.
 * `declined`: somebody wanted it rotated, and valetkey does not rotate it.
 * `rotating`: Secrets Manager has been told. `rotated`: a new value is in force, and it waits no longer.
 */
type Outcome = "rotated" | "rotating" | "early" | "declined";

/**
 * Each minute: what was used, or what somebody wants rotated, is rotated, and then free. Whether it was is told by the age of the value in
 * force, and by nothing that we remember: so it does not matter who rotated it, nor where a run died, nor whether two run at once.
 */
export async function rotateDue(ports: DuePorts): Promise<void> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const due = (await ports.locks.states()).filter((state) => rotationDueAt(state) + 2 * CLOCK_SECONDS <= nowSeconds);
  const failures: unknown[] = [];
  // Each minute begins with another one: what takes long, since its database does not answer, must not keep the same ones each time.
  const first = Math.floor(nowSeconds / 60) % Math.max(1, due.length);
  for (const state of [...due.slice(first), ...due.slice(0, first)]) {
    if (ports.clock.nowMs() / 1_000 - nowSeconds >= BUDGET_SECONDS) break;
    try {
      const outcome = await attend(state, nowSeconds, ports);
      ports.log.write({ level: "info", event: "rotation_due", secret: state.name, outcome });
    } catch (error) {
      // One secret must not keep the others.
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
    // What a task has used waits for a rotation all the same, loudly: nobody gets it before.
    if (Number.isFinite(usedUntil(state)) || state.askedAt === undefined)
      throw new Refusal("connector_refused", { why: "it is no secret that valetkey rotates" });
    await ports.locks.recordDeclined(state.name, state, Math.floor(nowSeconds));
    return "declined";
  }
  const isNewerThan = (moment: number) => current.createdAt >= moment + CLOCK_SECONDS;
  const isAnswered = state.askedAt !== undefined && isNewerThan(state.askedAt);
  const isPastItsUse = isNewerThan(usedUntil(state));
  if (isAnswered && !state.retires) await ports.locks.recordDone(state.name, state, Math.floor(current.createdAt));
  // Free, or out of the reach of an agent that is gone, only when nothing that was used opens anything any more.
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
  // The same token for the same value: a second run at once asks for the same rotation.
  await ports.rotating.start(secret, createHash("sha256").update(`${secret.arn} ${current.versionId}`).digest("hex"));
  return "rotating";
}

/** The value is in force, and no other is about to be. */
async function isStill({ arn }: RotatingSecret, versionId: string, { rotating }: DuePorts): Promise<boolean> {
  const now = await rotating.describe(arn);
  const pending = now && versionAt(now, "AWSPENDING");
  return now !== undefined && versionAt(now, "AWSCURRENT") === versionId && (pending ?? versionId) === versionId;
}
