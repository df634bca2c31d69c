import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { agentId } from "../../../contract/agent-id.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import { inProcessDynamoDb } from "../../../local/emulator/dynamodb/in-process/in-process-dynamodb.ts";
import { aRecord, aRequest, aUseOf } from "../../fakes/samples/approval.ts";
import { aTask, aUse, eventOn, NOW } from "../../fakes/samples/task.ts";
import { readerOf } from "./kinds-of-items.ts";
import { portsOver } from "./ports-over-table.ts";
import { PlainTable, type StoredItem } from "./recorded-items.ts";
import { KINDS_FILE, type RecordedKind, readsOf } from "./recorded-kinds.ts";

/** Test that runs every route and every trigger, with the deployed functions. */
const STORY = "test/infra/rights-in-use.test.ts";

/** Upper bound on the recorded items of a kind. Each has other attributes. */
const MOST_FORMS = 4;

interface Written {
  readonly TableName?: string;
  readonly Item?: StoredItem;
  readonly Key?: StoredItem;
}

/** Runs the story over a DynamoDB that records each item after each write. */
async function itemsOfTheStory(): Promise<readonly StoredItem[]> {
  const items: StoredItem[] = [];
  const accounts = new Map<string, ReturnType<typeof inProcessDynamoDb>>();
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const account = /Credential=(\d+)/.exec(String(incoming.headers.authorization))?.[1] ?? "";
    const dynamo = accounts.get(account) ?? inProcessDynamoDb(account);
    accounts.set(account, dynamo);
    const operation = String(incoming.headers["x-amz-target"]).replace("DynamoDB_20120810.", "");
    const answer = dynamo(operation, body, "us-east-1");
    if (answer.status === 200)
      for (const { TableName, Key, Item } of writesOf(operation, JSON.parse(body))) {
        const key = Key ?? { pk: Item?.pk, sk: Item?.sk };
        const read = dynamo("GetItem", JSON.stringify({ TableName, Key: key, ConsistentRead: true }), "us-east-1");
        const { Item: item } = JSON.parse(read.body) as { readonly Item?: StoredItem };
        if (item?.pk && item.sk) items.push(item);
      }
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const env = { ...process.env, DYNAMODB_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const child = spawn("npx", ["vitest", "run", "--maxWorkers=1", STORY], { env, stdio: ["ignore", 2, 2] });
  const [code] = await once(child, "exit");
  server.close();
  if (code !== 0) throw new Error(`${STORY} ended with ${code}`);
  return items;
}

function writesOf(operation: string, input: object): readonly Written[] {
  if (operation === "PutItem" || operation === "UpdateItem") return [input];
  if (operation !== "TransactWriteItems") return [];
  const { TransactItems: all } = input as { readonly TransactItems: readonly Record<string, Written>[] };
  return all.flatMap(({ Put, Update }) => Put ?? Update ?? []);
}

/** Writes the kinds that the story leaves out, by the adapters. */
async function writeTheRest(table: DynamoTable): Promise<void> {
  const ports = portsOver(table, () => NOW * 1_000);
  const root = rootPath(randomBytes(32));
  const parent = aTask({ path: root });
  await ports.tasks.open(parent.task, parent.event, aUse(), undefined);
  const { details } = parent.task;
  const delegation = {
    hash: "delegated",
    agent: agentId("demo"),
    details,
    expiresAt: NOW + 60,
    listed: true,
    seal: "seal",
  } as const;
  await ports.tasks.addDelegation(parent.task, delegation, [], eventOn(parent.task, "delegation.issued"));
  const child = aTask({ path: childPath(root, randomBytes(32)), agent: agentId("demo") });
  const use = { parent: root, hash: "delegated", agent: agentId("demo") };
  await ports.tasks.open(child.task, child.event, aUse(), undefined, use);

  const { task, event } = aTask({ leases: [] });
  const standing = { uses: 2, window: 86_400, shape: "shape" };
  const requested = aRequest(task, { record: aRecord(task, { standing }) });
  await ports.approvals.open(task, event, aUse(), undefined, undefined, requested);
  const found = { at: NOW, changed: ["record"] } as const;
  await ports.approvals.recordVoid(task, requested.record.id, found, eventOn(task, "approval.void"));

  const { task: second, event: asked } = aTask({ leases: [] });
  const approved = aRequest(second, { record: aRecord(second, { standing }) });
  const { id } = approved.record;
  await ports.approvals.open(second, asked, aUse(), undefined, undefined, approved);
  const listing = { inboxes: [], until: NOW + 86_400, key: approved.key };
  await ports.approvals.use(second, second, id, aUseOf(second), [], eventOn(second, "approval.used"), listing);

  const copy = { account: accountId("111122223333"), role: "valetkey-task-0", keyId: "ASIACOPY" };
  await ports.ledger.learnCopy(root, copy);
  await ports.ledger.rememberDenied(root, [{ what: "iam:CreateUser", at: NOW }]);
}

/**
 * Chooses for each kind the first item of each set of attributes. Each key is chosen once, since one table is to hold
 * them all.
 */
function chosen(items: readonly StoredItem[], known = new Map<string, StoredItem>()): Map<string, StoredItem> {
  const forms = new Map<string, Set<string>>();
  const kinds = new Set([...known.values()].map((item) => kindOf(item)));
  for (const item of items) {
    const kind = kindOf(item);
    const key = `${item.pk?.S} ${item.sk?.S}`;
    const form = `${Object.keys(item).sort()} ${item.status?.S ?? ""}`;
    const seen = forms.get(kind) ?? new Set();
    if (kinds.has(kind) || known.has(key) || seen.has(form) || seen.size >= MOST_FORMS) continue;
    forms.set(kind, seen.add(form));
    known.set(key, item);
  }
  return known;
}
const kindOf = (item: StoredItem): string => readerOf(String(item.pk?.S), String(item.sk?.S)).kind;

// Runs as `node test/contract/store/record-kinds.ts`, in the tree of the release whose items are to be recorded.
if (import.meta.main) {
  const rest = new PlainTable();
  const story = await itemsOfTheStory();
  await writeTheRest(rest.table);
  const items = [...chosen(rest.items(), chosen(story)).values()];
  const atMs = Date.now();
  const reads = await readsOf(items, atMs);
  const lines: readonly object[] = [
    { atMs },
    ...items.map((item, index): RecordedKind => ({ item, read: reads[index] })),
  ];
  writeFileSync(KINDS_FILE, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
