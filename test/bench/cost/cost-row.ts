import { type Row, verdict } from "../row.ts";
import { billOf, type Line, type Stage, total, type Usage } from "./bill.ts";
import { itemBytes, readUnits } from "./capacity-units.ts";
import { LAMBDA } from "./lambda.ts";
import { archivedTask, collectedTask, crowdedRole, LOAD_WRITTEN, listedDeadlines, reportedLoad } from "./month.ts";
import { FREE, PRICES } from "./prices.ts";
import { probeOf } from "./probe.ts";
import type { SweepLooks } from "./sweeps.ts";
import type { TableMeter } from "./table-meter.ts";

const TARGET_DOLLARS = 16;
/** Kinds of items that outlive the task. */
const KINDS = ["task", "event", "role", "replay", "pace"];
const STAGES: readonly Stage[] = ["vend", "end", "revoke", "sweep"];

/** Makes the benchmark's row. @param ledger usages of one single task. */
export function costRow(ledger: readonly Usage[], meter: TableMeter, looks: SweepLooks): Row {
  const [role] = meter.itemsOf("role");
  const taskBytes = Math.max(...meter.itemsOf("task").map(itemBytes));
  const lines = billOf([
    ...ledger.filter(({ what }) => what !== LOAD_WRITTEN),
    reportedLoad(),
    crowdedRole(role),
    ...probeOf(),
    archivedTask(),
    ...collectedTask(),
    { stage: "sweep", what: "task, read", unit: "read unit", count: looks.reads * readUnits(taskBytes) },
    listedDeadlines(role),
  ]);
  const dollars = total(lines);
  const writes = lines.filter(({ unit }) => unit === "write unit");
  return {
    name: "1,000,000 tasks, vend to end",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${TARGET_DOLLARS} at list prices`,
    verdict: verdict(dollars <= TARGET_DOLLARS),
    notes: [
      `${STAGES.map((stage) => `${stage} $${total(lines.filter((line) => line.stage === stage)).toFixed(2)}`).join(", ")}; write units alone $${total(writes).toFixed(2)}`,
      ...lines.filter((line) => line.dollars >= 0.05).map(lineInWords),
      `and $${total(lines.filter((line) => line.dollars < 0.05)).toFixed(2)} of smaller things`,
      `bytes of the items: ${KINDS.map((kind) => `${kind} ${meter.itemsOf(kind).map(itemBytes).join(" and ")}`).join(", ")}`,
      "one task after another: on AWS, endings that come together share the relay's, the queue's and the reconciler's part",
      `assumed: ${Object.entries(LAMBDA)
        .map(([name, { memoryMb, billedMs }]) => `${name} ${billedMs} ms at ${memoryMb} MB`)
        .join(", ")}`,
      ...Object.values(PRICES).map(({ source }) => source),
      FREE,
    ],
    figures: { dollars, writeUnits: writes.reduce((units, { count }) => units + count, 0) },
  };
}

const lineInWords = ({ dollars, stage, what, unit, count }: Line): string =>
  `$${dollars.toFixed(2).padStart(5)}  ${stage.padEnd(6)} ${what} (${Number(count.toPrecision(3))} ${unit}${count === 1 ? "" : "s"})`;
