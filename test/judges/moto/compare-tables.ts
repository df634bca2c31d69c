import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { DynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { answerOf, type ComparedAnswer, createTable } from "../../property/dynamodb/answer-of.ts";
import { anyOperation, type Operation } from "../../property/dynamodb/any-operations.ts";
import {
  BY_TYPES,
  type Differing,
  type Item,
  type KnownDifference,
  type Outcome,
  TABLE_DIFFERENCES,
} from "./table-differences.ts";
import { withTypes } from "./typed-expressions.ts";

export interface ComparedTables {
  readonly ours: DynamoBackends;
  /** A second DynamoDB that has to answer as ours does, without exception; absent where it does not exist. */
  readonly second?: DynamoBackends | undefined;
  readonly moto: DynamoBackends;
}

export interface Comparison {
  /** Operations that were compared, by name and outcome. */
  readonly seen: ReadonlyMap<string, number>;
  readonly known: ReadonlyMap<KnownDifference, number>;
  readonly findings: readonly object[];
}

export interface Extent {
  readonly operations: number;
  readonly seed: number;
  /** Findings after which the comparison ends; no bound by default. */
  readonly most?: number;
}

/**
 * Sends the same operations to each DynamoDB, and compares each answer, and all items after it. After a difference,
 * moto's table gets our items again, so that one difference is found once.
 */
export async function compareTables(tables: ComparedTables, { operations, seed, most }: Extent): Promise<Comparison> {
  const { ours, second, moto } = tables;
  const [seen, known, findings] = [new Map<string, number>(), new Map<KnownDifference, number>(), [] as object[]];
  const count = <T>(map: Map<T, number>, of: T) => map.set(of, (map.get(of) ?? 0) + 1);
  let before: readonly Item[] = [];
  for (const { isFirst, table, operation } of operationsOf(operations, seed)) {
    if (findings.length >= (most ?? Number.POSITIVE_INFINITY)) break;
    if (isFirst) {
      for (const each of [ours, second, moto]) if (each) await createTable(each, table);
      before = [];
    }
    const { name } = operation;
    const input = operation.input(table);
    const [own, theirs] = [await outcomeOf(ours, table, name, input), await outcomeOf(moto, table, name, input)];
    count(seen, `${name} ${own[0].type ?? "done"}`);
    const other = second && (await outcomeOf(second, table, name, input));
    if (other && !isDeepStrictEqual(own, other)) findings.push({ name, input, own, dynoxide: other });
    if (!isDeepStrictEqual(own, theirs)) {
      const mended = mendedOf(theirs, (difference) => count(known, difference));
      if (!isDeepStrictEqual(own, mended)) {
        const explaining = explainedBy({ name, input, own, moto: mended });
        if (explaining) count(known, explaining);
        else {
          await replaceItems(moto, table, before);
          const typed = mendedOf(await outcomeOf(moto, table, name, withTypes(input)), () => undefined);
          const isByTypes = isDeepStrictEqual(own, typed) || explainedBy({ name, input, own, moto: typed });
          if (isByTypes) count(known, BY_TYPES);
          else findings.push({ name, input, before, own, moto: mended, typed });
        }
      }
      await replaceItems(moto, table, own[1]);
    }
    before = own[1];
  }
  return { seen, known, findings };
}

/** Lists operations in sequences, each on a table of its own. */
function* operationsOf(
  most: number,
  seed: number,
): Generator<{ readonly isFirst: boolean; readonly table: string; readonly operation: Operation }> {
  const sequences = fc.sample(fc.array(anyOperation, { minLength: 5, maxLength: 25 }), { seed, numRuns: most / 5 });
  let left = most;
  for (const [nth, sequence] of sequences.entries())
    for (const [index, operation] of sequence.entries()) {
      if (left === 0) return;
      left -= 1;
      yield { isFirst: index === 0, table: `table-${nth}`, operation };
    }
}

async function outcomeOf(tables: DynamoBackends, table: string, name: string, input: object): Promise<Outcome> {
  const { items, ...answer } = await answerOf(tables, name, input);
  const compared = { ...answer, ...(items ? { items: items.map((item) => JSON.parse(item)) } : {}) };
  // Through JSON, since an absent member and an undefined one are the same.
  return [JSON.parse(JSON.stringify(compared)) as ComparedAnswer, await itemsOf(tables, table)];
}

/** Lists a table's items by their keys. */
async function itemsOf(tables: DynamoBackends, TableName: string): Promise<readonly Item[]> {
  const { items } = await answerOf(tables, "Scan", { TableName });
  if (!items) throw new Error(`${TableName} cannot be read`);
  return items.map((item) => JSON.parse(item) as Item).sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
}
const keyText = ({ pk, sk }: Item): string => `${pk.S} ${sk.S}`;

/** Makes these the items of a table. */
async function replaceItems(tables: DynamoBackends, TableName: string, items: readonly Item[]): Promise<void> {
  const send = async (name: string, input: object) => {
    const { status } = await answerOf(tables, name, { TableName, ...input });
    if (status !== 200) throw new Error(`${name} of ${JSON.stringify(input)} is refused`);
  };
  for (const { pk, sk } of await itemsOf(tables, TableName)) await send("DeleteItem", { Key: { pk, sk } });
  for (const Item of items) await send("PutItem", { Item });
}

const explainedBy = (differing: Differing): KnownDifference | undefined =>
  TABLE_DIFFERENCES.find(({ explains }) => explains?.(differing));

/** Undoes the differences that do not change what an answer means, and reports each that was there. */
function mendedOf(outcome: Outcome, report: (difference: KnownDifference) => void): Outcome {
  let mended = outcome;
  for (const difference of TABLE_DIFFERENCES) {
    const { mend } = difference;
    if (!mend) continue;
    const next = mended.map(mend) as unknown as Outcome;
    if (!isDeepStrictEqual(next, mended)) report(difference);
    mended = next;
  }
  return mended;
}
