import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { holdPartition } from "../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { KINDS } from "../../functions/names.ts";
import {
  ACCOUNT,
  exchangeParameters,
  GRANT_TYPE,
  patiently,
  type RunningCloud,
  runCloud,
  type StartedTask,
} from "../contract/running-cloud.ts";
import { type Item, Thief } from "./thief.ts";

const LABELLED = `@id("labels-reports") @label("reports")
permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.account == "${ACCOUNT}" && resource.arn like "arn:aws:s3:::acme-data/reports/*" };
@id("labels-lists") @label("lists")
permit (principal in Team::"demo", action == Action::"s3:ListBucket", resource is AWS::Resource)
when { resource.account == "${ACCOUNT}" && resource.arn == "arn:aws:s3:::acme-data" };`;
const detail = (action: string, resource: string) =>
  JSON.stringify([{ type: "aws", account: ACCOUNT, actions: [action], resources: [resource] }]);
const REPORTS = detail("s3:GetObject", "arn:aws:s3:::acme-data/reports/*");
const LISTS = detail("s3:ListBucket", "arn:aws:s3:::acme-data");

const policiesDir = mkdtempSync(join(tmpdir(), "valetkey-policies-"));
let running: RunningCloud;
let task: StartedTask;
let before: readonly Item[];
beforeAll(async () => {
  cpSync(fileURLToPath(new URL("../../policies", import.meta.url)), policiesDir, { recursive: true });
  writeFileSync(join(policiesDir, "labelled.cedar"), LABELLED);
  const conflicts = [{ a: "reports", b: "lists", scope: "agent", window: "1m" }];
  running = await runCloud({ policiesDir }, { conflicts });
  task = await running.start({ authorization_details: REPORTS });
  before = await holds();
});
beforeEach(async () => {
  for (const hold of before) await new Thief(running, "exchange").write(hold);
});
afterAll(async () => {
  await running.close();
  rmSync(policiesDir, { recursive: true });
});

const PLACE = { scope: "agent", holder: "demo", label: "reports" } as const;
const holds = () => new Thief(running, "exchange").list(holdPartition(PLACE));
const keyOf = ({ pk, sk }: Item) => marshall({ pk, sk });
const taskKey = () => marshall({ pk: `${KINDS.task}${rootOf(task.id as TaskPath)}`, sk: task.id });

/** Asks for the other side of the conflict. */
async function askForLists(): Promise<unknown> {
  const token = await running.cloud.agents.mint({ sub: "agent:demo" });
  const body = new URLSearchParams({
    ...{ grant_type: GRANT_TYPE, ...exchangeParameters(token), authorization_details: LISTS },
  });
  const answer = await patiently(() => fetch(`${running.url}/v1/token`, { method: "POST", body }));
  return ((await answer.json()) as { readonly code?: string }).code ?? answer.status;
}

/** The task as if it had ended, its keys were denied, and their fence had passed long ago. */
const over = (item: Item): Item => {
  const leases = Object.entries(item.leases as Record<string, Item>);
  const { pk: _, sk: __, ...fields } = item;
  return {
    ...fields,
    status: "completed",
    endedAt: 1,
    leases: Object.fromEntries(
      leases.map(([name, lease]) => [name, { ...lease, state: "revoked", startedAt: 1, fenceAt: 2 }]),
    ),
  };
};

describe("I11: a label that a key holds", () => {
  it.each(FUNCTIONS.filter((name) => name !== "exchange"))(
    "is neither released, shortened nor taken with the keys of %s, whatever they let write of the task",
    async (name) => {
      const thief = new Thief(running, name);
      expect(before).toHaveLength(1);
      for (const hold of before) {
        expect(await thief.remove(keyOf(hold))).toBe(false);
        expect(await thief.set(keyOf(hold), { ttl: 1, fenceAt: 1 })).toBe(false);
        expect(await thief.write({ ...hold, ttl: 1 })).toBe(false);
        // A later record would lock the other side out.
        expect(await thief.write({ ...hold, sk: `9999999999#${task.id}` })).toBe(false);
      }
      const owner = new Thief(running, "exchange");
      const own = await owner.read(taskKey());
      await thief.set(taskKey(), over(own));
      expect(await holds()).toEqual(before);
      expect(await askForLists()).toBe("label_conflict");
      await owner.write(own);
    },
  );

  it("is held by these records alone: where the exchange removes them, the other side is granted", async () => {
    const owner = new Thief(running, "exchange");
    for (const hold of await holds()) expect(await owner.remove(keyOf(hold))).toBe(true);
    expect(await askForLists()).toBe(200);
  });
});
