import { CLOCK_SECONDS } from "../secrets/rotating-secret.ts";
import type { RecordedMoment, SecretState, SeenSecret } from "../secrets/secret-lock.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import type { Evidence } from "./report-task.ts";

/**
 * Fate of a secret. `rotated`: no value that the agent was given works any more. `pending_rotation`: such a value may
 * still work, so the report stays open. `not_rotated`: valetkey does not rotate the secret, so a person must.
 */
export type SecretFate = "rotated" | "pending_rotation" | "not_rotated";

/** Secret in the report. */
export interface ReportedSecret {
  readonly secret: string;
  /** Task whose lease received the secret last. */
  readonly task: string;
  /** Moment from which new values are unknown to the agent. */
  readonly known_until: string;
  readonly status: SecretFate;
  /**
   * Creation time of the value that invalidated older ones. For a `not_rotated` secret: the time at which the rotation
   * was declined.
   */
  readonly at?: string;
  /** Time of the request for a rotation; only for a pending one. */
  readonly asked_at?: string;
  readonly evidence?: Evidence;
}

/** Secrets in the report, with their overall status. */
export interface ReportedSecrets {
  /** Worst fate of the secrets: `pending_rotation`, then `not_rotated`, then `rotated`. */
  readonly status: SecretFate | "none_held";
  readonly entries: readonly ReportedSecret[];
}

/**
 * Reports the fate of a secret that the agent was given.
 * @param state the secret's record; undefined where it was never held exclusively and no rotation was requested.
 * @param closes moment from which the agent's last session is past its fence, epoch seconds; undefined where it is not known yet.
 */
export function reportSecret(
  seen: SeenSecret,
  state: SecretState | undefined,
  closes: number | undefined,
): ReportedSecret {
  const [status, recorded] = fateOf(seen, state, closes);
  return {
    secret: seen.name,
    task: seen.holder.slice(0, seen.holder.indexOf("#")),
    known_until: isoSeconds(knownUntil(seen, closes)),
    status,
    ...(recorded ? { at: isoSeconds(recorded.at) } : {}),
    ...(status === "pending_rotation" && state?.askedAt !== undefined ? { asked_at: isoSeconds(state.askedAt) } : {}),
    ...(recorded ? { evidence: evidenceIn(seen.name, status, recorded) } : {}),
  };
}

/**
 * True where a rotation of the secret must be requested now. False while a session of the agent could read the new
 * value. False also where a rotation is due after use, or requested already.
 */
export function isToBeAsked(
  seen: SeenSecret,
  state: SecretState | undefined,
  closes: number | undefined,
  nowSeconds: number,
): boolean {
  if (fateOf(seen, state, closes)[0] !== "pending_rotation" || nowSeconds <= knownUntil(seen, closes)) return false;
  const isAfterUse = state?.status === "pending_rotation" || (state?.rotates === true && state.holder === seen.holder);
  return !isAfterUse && !(state?.askedAt !== undefined && state.retires);
}

/** Sorts reported secrets by name and adds their overall status. */
export function gatherSecrets(reported: readonly ReportedSecret[]): ReportedSecrets {
  const entries = [...reported].sort((a, b) => (a.secret < b.secret ? -1 : 1));
  const worst = (["pending_rotation", "not_rotated", "rotated"] as const).find((fate) =>
    entries.some(({ status }) => status === fate),
  );
  return { status: worst ?? "none_held", entries };
}

/** Counts the secrets of each fate. */
export function countSecrets(entries: readonly ReportedSecret[]): Readonly<Record<SecretFate, number>> {
  const counts = { rotated: 0, pending_rotation: 0, not_rotated: 0 };
  for (const { status } of entries) counts[status] += 1;
  return counts;
}

/**
 * Computes the moment until which the agent may read values: the end of its lease, or an earlier fence of its last
 * session.
 */
const knownUntil = ({ until }: SeenSecret, closes: number | undefined): number =>
  closes === undefined ? until : Math.min(until, closes);

function fateOf(
  seen: SeenSecret,
  state: SecretState | undefined,
  closes: number | undefined,
): readonly [SecretFate, RecordedMoment?] {
  const { retired, declined } = state ?? {};
  const known = knownUntil(seen, closes);
  if (retired && retired.at >= known + CLOCK_SECONDS) return ["rotated", retired];
  if (declined && declined.at >= known) return ["not_rotated", declined];
  return ["pending_rotation"];
}

const evidenceIn = (of: string, status: SecretFate, { event, hash }: RecordedMoment): Evidence => ({
  of,
  event,
  type: status === "rotated" ? "secret.rotated" : "secret.rotation_declined",
  hash,
});
