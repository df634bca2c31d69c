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

/** Record that a task's keys hold a label: it holds until their fence, whatever becomes of the task. */
export interface Hold extends LabelPlace {
  /** Fence of the keys; epoch seconds. */
  readonly fenceAt: number;
  readonly task: TaskPath;
}

/** Label of the other side of a conflict, which must be free. */
export interface OtherSide extends LabelPlace {
  /** Label of this side. */
  readonly own: string;
  readonly windowSeconds: number;
}

/** Labels that keys hold. Only the exchange writes them, in the transaction that records the keys. */
export interface Holds {
  /**
   * Reads the latest fence under which a label is held, strongly; epoch seconds, undefined where it was not held for long.
   * @throws {Refusal} store_unavailable.
   */
  latest(place: LabelPlace): Promise<number | undefined>;
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
  keys: Pick<Hold, "fenceAt" | "task">,
): readonly Hold[] {
  const holds = new Map<string, Hold>();
  for (const { own, scope } of sidesTaken(labels, conflicts))
    for (const holder of holdersOf(scope, counted))
      holds.set(JSON.stringify([scope, holder, own]), { scope, holder, label: own, ...keys });
  return [...holds.values()];
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
