import assert from "node:assert/strict";
import { dynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { hasDynoxide } from "../../../local/emulator/dynamodb/dynoxide.ts";
import { BUCKET_DIFFERENCES } from "./bucket-differences.ts";
import { compareBuckets } from "./compare-buckets.ts";
import { compareTables, type Extent } from "./compare-tables.ts";
import { BUCKET_FAULTS, TABLE_FAULTS } from "./faults.ts";
import { motoTables } from "./moto-tables.ts";
import { runContracts } from "./run-contracts.ts";
import { startMoto } from "./running-moto.ts";
import { BY_TYPES, TABLE_DIFFERENCES } from "./table-differences.ts";

// moto, a second AWS in Python, answers what the DynamoDB of this process, dynoxide and the embedded S3 answer. The
// contracts of the store run on its table.

const OPERATIONS: Extent = { operations: 5_000, seed: 1 };
const CALLS = { calls: 3_000, seed: 1 };
/** Extent within which a fault has to be found. */
const OF_A_FAULT = { operations: 1_000, calls: 1_000, seed: 2, most: 1 };

const moto = await startMoto();
const findings: object[] = [];
try {
  const tables = motoTables(moto.endpoint);
  const ours = dynamoBackends("in-process");
  const second = hasDynoxide() ? dynamoBackends("dynoxide") : undefined;
  const compared = await compareTables({ ours, second, moto: tables }, OPERATIONS);
  findings.push(...compared.findings);
  const total = [...compared.seen.values()].reduce((sum, each) => sum + each, 0);
  console.log(`${total} operations on three tables: ${counted(compared.seen)}`);
  printKnown(compared.known, [...TABLE_DIFFERENCES, BY_TYPES]);
  // Operations that all fail would be the same everywhere.
  for (const outcome of ["PutItem done", "UpdateItem done", "TransactWriteItems TransactionCanceledException"])
    assert.ok((compared.seen.get(outcome) ?? 0) > OPERATIONS.operations / 25, outcome);

  const buckets = await compareBuckets(moto.endpoint, CALLS);
  findings.push(...buckets.findings);
  console.log(`${buckets.calls} calls of S3: ${counted(buckets.seen)}`);
  printKnown(buckets.known, BUCKET_DIFFERENCES);

  for (const [fault, wrong] of Object.entries(TABLE_FAULTS)) {
    await moto.reset();
    const found = await compareTables({ ours: wrong(dynamoBackends("in-process")), moto: tables }, OF_A_FAULT);
    assert.ok(found.findings.length > 0, `the judge does not find: ${fault}`);
  }
  for (const [fault, wrong] of Object.entries(BUCKET_FAULTS)) {
    await moto.reset();
    const found = await compareBuckets(moto.endpoint, OF_A_FAULT, wrong);
    assert.ok(found.findings.length > 0, `the judge does not find: ${fault}`);
  }
  const faults = Object.keys({ ...TABLE_FAULTS, ...BUCKET_FAULTS });
  console.log(`${faults.length} faults that were put in are found`);

  const tests = await runContracts(moto);
  const failed = tests.filter(({ isPassed }) => !isPassed);
  findings.push(...failed);
  console.log(`${tests.length} tests of the store's contracts on moto's table: ${tests.length - failed.length} passed`);
  for (const each of [tables, ours, second]) await each?.close();
} finally {
  await moto.close();
}
for (const each of findings.slice(0, 10)) console.log(JSON.stringify(each).slice(0, 2_000));
console.log(`${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;

function counted(seen: ReadonlyMap<string, number>): string {
  return [...seen]
    .sort()
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ");
}

/** Prints how often each known difference was seen. One that is not seen any more has to be taken off its list. */
function printKnown<T extends { readonly what: string; readonly why: string }>(
  seen: ReadonlyMap<T, number>,
  all: readonly T[],
): void {
  for (const each of all) {
    const count = seen.get(each) ?? 0;
    console.log(`known, ${count} times: ${each.what}: ${each.why}`);
    assert.ok(count > 0, `not found any more: take it off the list: ${each.what}`);
  }
}
