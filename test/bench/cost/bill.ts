import { sum } from "../statistics.ts";
import { PRICES, type Unit } from "./prices.ts";

/** Stages of a task's life. */
export type Stage = "vend" | "end" | "revoke" | "sweep";

export interface Usage {
  readonly stage: Stage;
  /** Text of the line: `task, written`. */
  readonly what: string;
  readonly unit: Unit;
  /** Count for one task. */
  readonly count: number;
}

export interface Line extends Usage {
  /** Cost of a million tasks; US dollars. */
  readonly dollars: number;
}

/**
 * Makes the bill for a million tasks from one task's usages. Joins equal usages, and puts the most expensive line
 * first.
 */
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
