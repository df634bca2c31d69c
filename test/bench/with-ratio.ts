import { cpuMs } from "./cpu/cpu-time.ts";
import { besideYardstick, yardstick } from "./cpu/yardstick.ts";
import type { Row } from "./row.ts";
import { median } from "./statistics.ts";

const SAMPLES = 100;

/** Measures the CPU time of the yardstick now; milliseconds. */
export async function yardstickMs(): Promise<number> {
  const ms: number[] = [];
  while (ms.length < SAMPLES) ms.push(await cpuMs(yardstick));
  return median(ms);
}

/**
 * Adds a ratio to a row of times that has none: its first time, divided by the yardstick's in the same process. Counts,
 * sizes and dollars are the same on every machine.
 */
export function withRatio(row: Row, ofYardstickMs: number): Row {
  const figures = Object.entries(row.figures);
  if (figures.some(([name]) => /ratio/i.test(name))) return row;
  const [time] = figures.filter(([name]) => /(Ms|Seconds)$/.test(name));
  if (!time) return row;
  const [name, value] = time;
  const ratio = (name.endsWith("Ms") ? value : 1_000 * value) / ofYardstickMs;
  return { ...row, notes: [...row.notes, `${name}: ${besideYardstick(ratio)}`], figures: { ...row.figures, ratio } };
}
