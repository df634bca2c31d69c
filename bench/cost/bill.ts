import { sum } from "../statistics.ts";
import { PRICES, type Unit } from "./prices.ts";

/** Which part of a task's life something is used in. */
export type Stage = "vend" | "end" | "revoke" | "sweep";

export interface Usage {
  readonly stage: Stage;
  /** `task, written` */
  readonly what: string;
  readonly unit: Unit;
  /** Of one task. */
  readonly count: number;
}

export interface Line extends Usage {
  /** Of a million tasks. */
  readonly dollars: number;
}

/** The usages of one task as lines of a bill for a million, the dearest first; the same thing stands there once. */
export function billOf(usages: readonly Usage[]): readonly Line[] {
  const groups = Map.groupBy(usages, ({ stage, what, unit }) => JSON.stringify([stage, what, unit]));
  return [...groups.values()]
    .flatMap(([first, ...others]) => {
      if (!first) return [];
      const count = first.count + sum(others.map((usage) => usage.count));
      return [{ ...first, count, dollars: count * PRICES[first.unit].dollars * 1_000_000 }];
    })
    .sort((a, b) => b.dollars - a.dollars);
}

export const total = (lines: readonly Line[]): number => sum(lines.map(({ dollars }) => dollars));
