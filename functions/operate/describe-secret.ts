import type { ManagedSecret } from "../../contract/secrets.ts";
import { defined } from "../core/defined.ts";
import { WRITE_PAUSE_SECONDS } from "../core/secrets/rotating-secret.ts";
import type { SecretEntry } from "../core/secrets/secret-inventory.ts";
import { rotationDueAt, type SecretRead, type SecretState } from "../core/secrets/secret-lock.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";

/** Describes a secret to operators, without its value, and without anything derived from it. */
export function describeSecret(
  entry: SecretEntry,
  state: SecretState | undefined,
  readers: readonly SecretRead[],
): ManagedSecret {
  const { name, kind, database, exclusive, delivery, isRotating, rotatedAt, nextAt } = entry;
  const dueAt = state ? rotationDueAt(state) : Number.POSITIVE_INFINITY;
  const { holder, until, askedAt } = state ?? {};
  const exposedAt = readers.map(({ at }) => at).toSorted((a, b) => a - b)[0];
  return {
    id: idOf(name),
    name,
    exclusive,
    delivery,
    ...defined({ database }),
    status: state?.status ?? "free",
    ...(holder === undefined ? {} : { held_by: taskOf(holder) }),
    ...(until === undefined ? {} : { held_until: isoSeconds(until) }),
    rotation: {
      kind: kind ?? "none",
      in_progress: isRotating,
      ...(rotatedAt === undefined ? {} : { rotated_at: isoSeconds(Math.floor(rotatedAt)) }),
      ...(nextAt === undefined ? {} : { next_at: isoSeconds(Math.floor(nextAt)) }),
      ...(askedAt === undefined ? {} : { asked_at: isoSeconds(askedAt) }),
      // Two values of one secret are ten minutes apart. An earlier rotation waits, and is shown as waiting.
      ...(Number.isFinite(dueAt)
        ? { waits_until: isoSeconds(Math.floor(Math.max(dueAt, (rotatedAt ?? 0) + WRITE_PAUSE_SECONDS))) }
        : {}),
    },
    exposure: {
      reads: readers.length,
      tasks: [...new Set(readers.map((read) => taskOf(read.holder)))].slice(0, 100),
      agents: [...new Set(readers.map(({ agent }) => agent))].toSorted().slice(0, 100),
      ...(exposedAt === undefined ? {} : { since: isoSeconds(Math.floor(exposedAt)) }),
    },
  };
}

/** Returns the task's path in a holder such as `k7f3m2q9x4ab_#secret-0`. */
const taskOf = (holder: string): string => holder.slice(0, holder.indexOf("#"));

/**
 * Spells a secret's name for a path: `reports~api-key`. API Gateway decodes `%2F` before it looks for the route, so no encoding carries a slash through. No
 * secret's name contains `~`.
 */
export const idOf = (name: string): string => name.replaceAll("/", "~");
