import type { ConflictScope } from "../../../contract/names.ts";
import type { Conflict } from "../deployment/conflict.ts";
import { type Counted, holdersOf } from "../identity/holders.ts";
import type { TaskPath } from "../task-path.ts";
import { sidesTaken } from "./conflict.ts";

/** Label in the hands of one holder. */
export interface LabelPlace {
  readonly scope: ConflictScope;
  readonly holder: string;
  readonly label: string;
}

/** Fence of keys that only a revocation ends; epoch seconds. It is later than every other fence. */
export const UNTIL_REVOKED = 9_999_999_999;

/** At most so many holds of a label are read at a time. */
export const HOLDS_READ = 24;

/** Keys that hold labels, recorded in one transaction. */
export interface Keys {
  /** Moment by which they are dead, whatever happens; epoch seconds. `UNTIL_REVOKED` where there is none. */
  readonly fenceAt: number;
  readonly task: TaskPath;
  /** Leases of connectors whose revocations free the labels earlier; absent for sessions, which no ending frees. */
  readonly leases?: HeldLeases;
}

/** Leases of connectors that one transaction has planned. */
export interface HeldLeases {
  readonly names: readonly string[];
  /** Time of their planning, which distinguishes a lease's issues; epoch seconds. */
  readonly startedAt: number;
}

/** Record that a task's keys hold a label: it holds until their fence, whatever becomes of the task. */
export interface Hold extends LabelPlace, Keys {}

/** Label of the other side of a conflict, which must be free. */
export interface OtherSide extends LabelPlace {
  /** Label of this side. */
  readonly own: string;
  readonly windowSeconds: number;
}

/** Labels that keys hold. Only the exchange writes them, in the transaction that records the keys. */
export interface Holds {
  /**
   * Reads the latest holds of a label, strongly, the latest fence first: `HOLDS_READ`, or fewer where there are no more.
   * @throws {Refusal} store_unavailable.
   */
  latest(place: LabelPlace): Promise<readonly Hold[]>;
  /**
   * Lets a hold of connectors' leases end, provided that no revocation of them is pending. The pending revocation is the
   * proof: only the function that revokes removes it, and a task's record is written by many.
   * @param fenceAt moment of the last revocation, from which the windows are counted; epoch seconds.
   * @returns false where a revocation is pending, and for a hold of sessions: nothing has changed then.
   * @throws {Refusal} store_unavailable, contended.
   */
  end(hold: Hold, fenceAt: number): Promise<boolean>;
  /**
   * Removes records of a task that nobody has.
   * @throws {Refusal} store_unavailable.
   */
  release(holds: readonly Hold[]): Promise<void>;
}

/** Lists what keys with these labels hold until their fence. */
export function holdsOf(
  labels: readonly string[],
  counted: Counted,
  conflicts: readonly Conflict[],
  keys: readonly Keys[],
): readonly Hold[] {
  const places = new Map<string, LabelPlace>();
  for (const { own, scope } of sidesTaken(labels, conflicts))
    for (const holder of holdersOf(scope, counted))
      places.set(JSON.stringify([scope, holder, own]), { scope, holder, label: own });
  return [...places.values()].flatMap((place) => keys.map((each) => ({ ...place, ...each })));
}

/** Lists the labels that must be free for keys with these labels. */
export const otherSides = (
  labels: readonly string[],
  counted: Counted,
  conflicts: readonly Conflict[],
): readonly OtherSide[] =>
  sidesTaken(labels, conflicts).flatMap(({ own, other, scope, windowSeconds }) =>
    holdersOf(scope, counted).map((holder) => ({ scope, holder, label: other, own, windowSeconds })),
  );
