import { isoSeconds } from "../policy/compile.ts";
import { CLOCK_SECONDS } from "../secrets/rotating-secret.ts";
import type { SecretState, SeenSecret, Told } from "../secrets/secret-lock.ts";
import type { Evidence } from "./report-task.ts";

/**
 * `rotated`: no value that the agent was given opens anything any more; `pending_rotation`: not yet, and open until then; `not_rotated`: valetkey
 * does not rotate this one, so that a person has to.
 */
export type SecretFate = "rotated" | "pending_rotation" | "not_rotated";

export interface ReportedSecret {
  readonly secret: string;
  /** Whose lease was given it last. */
  readonly task: string;
  /** A value that is made after this moment is not known to the agent. */
  readonly known_until: string;
  readonly status: SecretFate;
  /** When the value was made before which nothing works any more; or when it turned out that valetkey does not rotate it. */
  readonly at?: string;
  /** Since when a rotation is asked for. */
  readonly asked_at?: string;
  readonly evidence?: Evidence;
}

export interface ReportedSecrets {
  /** Of all of them the one that needs most: `pending_rotation`, then `not_rotated`. */
  readonly status: SecretFate | "none_held";
  readonly entries: readonly ReportedSecret[];
}

/**
 * What became of a secret that the agent was given.
 * @param state what is known of it; nothing where it was never held, nor its rotation asked for.
 * @param closes when the agent's last session is past its fence; epoch seconds, or nothing where that is not known yet.
 */
export function reportSecret(
  seen: SeenSecret,
  state: SecretState | undefined,
  closes: number | undefined,
): ReportedSecret {
  const [status, told] = fateOf(seen, state, closes);
  return {
    secret: seen.name,
    task: seen.holder.slice(0, seen.holder.indexOf("#")),
    known_until: isoSeconds(knownUntil(seen, closes)),
    status,
    ...(told ? { at: isoSeconds(told.at) } : {}),
    ...(status === "pending_rotation" && state?.askedAt !== undefined ? { asked_at: isoSeconds(state.askedAt) } : {}),
    ...(told ? { evidence: evidenceIn(seen.name, status, told) } : {}),
  };
}

/**
 * Whether somebody has to ask for its rotation now: not before the agent's sessions can read it no more, or they would read the new value, and not
 * where a rotation is on its way by itself.
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

/** All of them, by name. */
export function gatherSecrets(reported: readonly ReportedSecret[]): ReportedSecrets {
  const entries = [...reported].sort((a, b) => (a.secret < b.secret ? -1 : 1));
  const worst = (["pending_rotation", "not_rotated", "rotated"] as const).find((fate) =>
    entries.some(({ status }) => status === fate),
  );
  return { status: worst ?? "none_held", entries };
}

/** Each by how often it is there. */
export function countSecrets(entries: readonly ReportedSecret[]): Readonly<Record<SecretFate, number>> {
  const counts = { rotated: 0, pending_rotation: 0, not_rotated: 0 };
  for (const { status } of entries) counts[status] += 1;
  return counts;
}

/** Until the fence of the last session at most, whatever its lease would have allowed. */
const knownUntil = ({ until }: SeenSecret, closes: number | undefined): number =>
  closes === undefined ? until : Math.min(until, closes);

function fateOf(
  seen: SeenSecret,
  state: SecretState | undefined,
  closes: number | undefined,
): readonly [SecretFate, Told?] {
  const { retired, declined } = state ?? {};
  const known = knownUntil(seen, closes);
  if (retired && retired.at >= known + CLOCK_SECONDS) return ["rotated", retired];
  if (declined && declined.at >= known) return ["not_rotated", declined];
  return ["pending_rotation"];
}

const evidenceIn = (of: string, status: SecretFate, { event, hash }: Told): Evidence => ({
  of,
  event,
  type: status === "rotated" ? "secret.rotated" : "secret.rotation_declined",
  hash,
});
