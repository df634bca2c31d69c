import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readerOf } from "./kinds-of-items.ts";
import { portsOver } from "./ports-over-table.ts";
import { PlainTable, type StoredItem } from "./recorded-items.ts";

/**
 * File of items of every kind as the functions of the previous release wrote them. Each has the value that that release
 * read from it.
 */
export const KINDS_FILE = fileURLToPath(new URL("./kinds-of-0.1.0.ndjson", import.meta.url));

export interface RecordedKind {
  readonly item: StoredItem;
  readonly read: unknown;
}

/** Reads the recorded items, and the time at which the previous release read them; epoch milliseconds. */
export function recordedKinds(file = KINDS_FILE): { readonly atMs: number; readonly all: readonly RecordedKind[] } {
  const [first = "", ...lines] = readFileSync(file, "utf8").trim().split("\n");
  return { ...(JSON.parse(first) as { readonly atMs: number }), all: lines.map((line) => JSON.parse(line)) };
}

/** Reads each item as the functions do, out of one table that holds them all. Returns values as JSON has them. */
export async function readsOf(items: readonly StoredItem[], atMs: number): Promise<readonly unknown[]> {
  const { table } = new PlainTable().put(items);
  const ports = portsOver(table, () => atMs);
  const reads: unknown[] = [];
  for (const { pk, sk } of items) {
    const read = await readerOf(String(pk?.S), String(sk?.S)).read(ports);
    reads.push(JSON.parse(JSON.stringify(read ?? null)));
  }
  return reads;
}

// `node test/contract/store/recorded-kinds.ts FILE` prints the items that this tree reads otherwise than the tree that
// recorded the file. A rollback would meet these differences.
if (import.meta.main) {
  const { atMs, all } = recordedKinds(process.argv[2]);
  const reads = await readsOf(
    all.map(({ item }) => item),
    atMs,
  );
  const differing = all.filter(({ read }, index) => JSON.stringify(read) !== JSON.stringify(reads[index]));
  for (const { item } of differing) process.stdout.write(`${item.pk?.S} ${item.sk?.S} is read otherwise\n`);
  process.stdout.write(`${all.length} items, ${differing.length} read otherwise\n`);
}
