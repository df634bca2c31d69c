import { type Row, verdict } from "../row.ts";
import { sum } from "../statistics.ts";
import { itemBytes } from "./capacity-units.ts";
import type { TableMeter } from "./table-meter.ts";

/** Items of one task that are stored as long as its journal. All other items are removed within an hour or a week. */
const KEPT = { task: 1, event: 2, rolejournal: 1, ended: 1 } as const;

/**
 * Bytes that DynamoDB counts for each stored item, in addition to its names and values. Source: "Item sizes and
 * formats", DynamoDB Developer Guide.
 */
const ITEM_BYTES = 100;

/** Prices of a stored GB for a month; US dollars. */
const STORED = {
  table: { dollars: 0.25, source: "DynamoDB, $0.25 a GB of table and month (quoted from the pricing page)" },
  recovery: { dollars: 0.2, source: "DynamoDB, $0.20 a GB of point-in-time recovery and month (pricing page)" },
} as const;

/** Highest allowed cost of storing a million tasks for a month; US dollars. */
const TARGET_DOLLARS = 2;

/**
 * Makes the row of the cost of storing a million ended tasks in the table for a month.
 * @param meter meter of a task and its ending.
 */
export function storageRow(meter: TableMeter): Row {
  const bytes = sum(
    Object.entries(KEPT).map(([kind, count]) => {
      const sizes = meter.itemsOf(kind).map(itemBytes);
      return count * (sum(sizes) / sizes.length + ITEM_BYTES);
    }),
  );
  const dollars = (bytes * 1_000_000 * sum(Object.values(STORED).map((price) => price.dollars))) / 1e9;
  return {
    name: "storage of 1,000,000 ended tasks, a month",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${TARGET_DOLLARS} for each month that they are kept`,
    verdict: verdict(dollars <= TARGET_DOLLARS),
    notes: [
      `${Math.round(bytes)} bytes a task, of these items: ${Object.keys(KEPT).join(", ")}`,
      ...Object.values(STORED).map(({ source }) => source),
    ],
    figures: { dollars, bytes },
  };
}
