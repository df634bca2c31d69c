import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { DynamoApprovals } from "../../../functions/adapters/dynamodb/approvals/dynamo-approvals.ts";
import { DynamoBallots } from "../../../functions/adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoAgents } from "../../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { keysInTable } from "../../../functions/adapters/dynamodb/journal/published-seals.ts";
import { DynamoPanics } from "../../../functions/adapters/dynamodb/stops/dynamo-panics.ts";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type {
  TableClient,
  TableInputs,
  TableOperation,
  TableOutputs,
} from "../../../functions/adapters/dynamodb/table/table-client.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { type ApprovalRecord, recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { Agent } from "../../../functions/core/identity/agent.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { sealWith, signingKeyOf } from "../../../functions/core/seals/record-key.ts";
import { childPath, knownPath } from "../../../functions/core/task-path.ts";
import { sealedFieldsOf } from "../../../functions/core/tasks/sealed-fields.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { hashToken, makeToken } from "../../../functions/core/tasks/token.ts";
import { inProcessDynamoDb } from "../../../local/emulator/dynamodb/in-process/in-process-dynamodb.ts";
import { spelled } from "../../fakes/samples/spelled.ts";

/** File of items as the previous release wrote them, with that release's attribute names and forms. */
const FILE = fileURLToPath(new URL("./items-of-0.1.0.ndjson", import.meta.url));

export type StoredItem = Record<string, AttributeValue>;

const TABLE = "valetkey";
/** Time of everything in the recorded items; epoch seconds. */
export const AT = 1_795_000_000;
const KEY = signingKeyOf("k".repeat(43));
export const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" } as const;

/** Ids in the form that 0.1.0 recorded, with dots. */
export const ROOT = knownPath("bbbbbbbbbbbb.");
export const CHILD = childPath(ROOT, Buffer.alloc(32, 2));
export const WAITING = knownPath("dddddddddddd.");
export const TOKEN = makeToken("vk", ROOT, Buffer.alloc(32, 4));
export const APPROVAL = approvalId("0123456789abcdef0123");
const PERSON = { issuer: "staff", value: "bob" } as const;

/** A table in this process, without a network and without IAM. */
export class PlainTable implements TableClient {
  readonly #dynamo = inProcessDynamoDb("999900001111");
  readonly table = new DynamoTable(TABLE, this);
  /** The same table, with strong reads that begin together as one call. */
  readonly batching = new DynamoTable(TABLE, this, { isBatching: true });

  constructor() {
    const keys = ["pk", "sk"];
    this.#call("CreateTable", {
      TableName: TABLE,
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      BillingMode: "PAY_PER_REQUEST",
    });
  }

  async send<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<TableOutputs[O]> {
    return this.#call(operation, input) as TableOutputs[O];
  }

  items(): readonly StoredItem[] {
    const items: StoredItem[] = [];
    for (let after: StoredItem | undefined, isFirst = true; isFirst || after; isFirst = false) {
      const page = this.#call("Scan", { TableName: TABLE, ...(after ? { ExclusiveStartKey: after } : {}) });
      const { Items: read, LastEvaluatedKey: last } = page as Readonly<{
        Items: StoredItem[];
        LastEvaluatedKey?: StoredItem;
      }>;
      items.push(...read);
      after = last;
    }
    return items;
  }

  put(items: readonly StoredItem[]): this {
    for (const item of items) this.#call("PutItem", { TableName: TABLE, Item: item });
    return this;
  }

  #call(operation: string, input: object): object {
    const { status, body } = this.#dynamo(operation, JSON.stringify(input), "us-east-1");
    const answer = JSON.parse(body);
    if (status !== 200)
      throw Object.assign(new Error(answer.message), { name: String(answer.__type).split("#").pop(), ...answer });
    return answer;
  }
}

/** The recorded items, as the previous release wrote them. */
export const recordedItems = (): readonly StoredItem[] =>
  readFileSync(FILE, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const sealed = (task: Omit<Task, "seal">): Task => ({ ...task, seal: sealWith(KEY, "task", sealedFieldsOf(task)) });

function aTask(path: Task["path"], changed: Partial<Task> = {}) {
  const event = linkEvent(EMPTY_CHAIN, path, "task.opened", AT * 1_000, { agent: agentId("reader"), leases: [] });
  const task = sealed({
    ...{
      path,
      agent: agentId("reader"),
      subject: "ci|agent:reader",
      facts: { claims: { ref: "main" } },
      purpose: "a report",
    },
    details: [
      { type: "aws", account: ROLE.account, actions: spelled("s3:GetObject"), resources: ["arn:aws:s3:::lake/*"] },
    ],
    leases: [{ ...ROLE, name: "aws-0", detail: 0, state: "issuing", event: 1, startedAt: AT, fenceAt: AT + 900 }],
    ...{ status: "active", openedAt: AT, expiresAt: AT + 3_600, presentations: [], delegations: [] },
    tokens: [{ hash: hashToken(path === ROOT ? TOKEN : path) }],
    chain: headOf(event),
    ...changed,
  });
  return { task, event };
}

const anAgent = (name: string): Agent => {
  const id = agentId(name);
  const event = linkEvent(EMPTY_CHAIN, id, "agent.registered", AT * 1_000, { by: "staff|alice" });
  return {
    ...{ id, name: id, owner: "staff|carol", team: "data", status: "active", createdAt: AT },
    bindings: [{ issuer: "ci", claims: { sub: `agent:${id}` } }],
    limits: { liveTasks: 5, taskSeconds: 900 },
    chain: headOf(event),
  };
};

/** Writes an item of each kind that outlives a deployment, by today's adapters. */
export async function writeItems(table: DynamoTable): Promise<void> {
  const agents = new DynamoAgents(table, { ci: "sub" }, () => AT * 1_000);
  for (const id of ["reader", "halted"]) {
    const event = linkEvent(EMPTY_CHAIN, id, "agent.registered", AT * 1_000, { by: "staff|alice" });
    await agents.register(anAgent(id), event);
  }
  const halted = anAgent("halted");
  const event = linkEvent(halted.chain, "halted", "agent.suspended", AT * 1_000, { by: "staff|alice" });
  const at = { at: AT, by: "staff|alice" };
  await agents.change({ ...halted, status: "suspended", halted: at, chain: headOf(event) }, event, { halt: "placed" });

  await keysInTable(table).publish([KEY.text]);
  const tasks = new DynamoTasks(table);
  const use = (id: string) => ({ issuer: "ci", id, cap: 1, expiresAt: AT + 300 });
  const root = aTask(ROOT);
  await tasks.open(root.task, root.event, use("root"), {
    agent: agentId("reader"),
    subject: "s",
    key: "run-1",
    requestHash: "h",
  });
  await tasks.confirm(
    ROOT,
    root.task.leases.map((lease) => ({ ...lease, state: "issued", accessKeyId: "ASIAROOT" })),
  );
  const child = aTask(CHILD);
  await tasks.open(child.task, child.event, use("child"), undefined);
  const ended = linkEvent(child.task.chain, CHILD, "task.ended", (AT + 5) * 1_000, { agent: agentId("reader") });
  const ending = { status: "completed", endedAt: AT + 5, outcome: { result: "success", detail: "done" } } as const;
  await tasks.end(child.task, ending, ended);

  const waiting = aTask(WAITING, { leases: [] });
  const record: ApprovalRecord = {
    version: 1,
    ...{
      hub: "https://valetkey.test",
      id: APPROVAL,
      decision: "vend",
      nonce: "n".repeat(22),
      task: WAITING,
    },
    agent: { id: agentId("reader"), name: "reader", owner: "staff|carol", team: "data" },
    ...{ chain: [], purpose: "a report", authorization_details: [], grants: [], session_policies: {}, accounts: [] },
    ...{ ttl: 900, needed: [{ group: "sre", count: 1 }], bundle: "bundle", created_at: AT, expires_at: AT + 900 },
  };
  const requested = { record, hash: recordHash(record), key: "key", inboxes: [{ issuer: "staff", group: "sre" }] };
  const approvals = new DynamoApprovals(table);
  await approvals.open(waiting.task, waiting.event, use("waiting"), undefined, undefined, requested);
  const voted = linkEvent(EMPTY_CHAIN, WAITING, "approval.voted", AT * 1_000, { approval: APPROVAL });
  const vote = { person: PERSON, token: "an-id-token", hashes: [requested.hash] };
  await new DynamoBallots(table, () => AT * 1_000).putVote(APPROVAL, vote, voted, AT + 900);

  const declared = linkEvent(EMPTY_CHAIN, "*", "panic.declared", AT * 1_000, { by: "staff|alice" });
  const panic = { declaredAt: AT, declaredBy: "staff|alice", reason: "a drill", chain: headOf(declared) };
  await new DynamoPanics(table, () => AT * 1_000, undefined).change(panic, declared);
}

// `node test/contract/store/recorded-items.ts` records the items anew: before a release, under the release's name.
if (import.meta.main) {
  const plain = new PlainTable();
  await writeItems(plain.table);
  const items = plain.items().toSorted((a, b) => (`${a.pk?.S} ${a.sk?.S}` < `${b.pk?.S} ${b.sk?.S}` ? -1 : 1));
  writeFileSync(FILE, items.map((item) => `${JSON.stringify(item)}\n`).join(""));
}
