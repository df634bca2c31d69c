import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { exchangeParameters, GRANT_TYPE, type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

const asOperator = async (path: string, body: object): Promise<{ readonly status: number; readonly body: Item }> => {
  const token = await running.cloud.people.mint({ sub: "person:alice" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(running.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Item };
};

/** Requests a task of an hour, with a token of that subject. */
async function vend(sub: string): Promise<{ readonly status: number; readonly seconds: number }> {
  const request = { grant_type: GRANT_TYPE, ...exchangeParameters(await running.cloud.agents.mint({ sub })) };
  const body = new URLSearchParams({ ...request, task_ttl: "3600" });
  const answer = await fetch(`${running.url}/v1/token`, { method: "POST", body });
  const { task } = (await answer.json()) as { readonly task?: { readonly expires_at: string } };
  return { status: answer.status, seconds: (Date.parse(task?.expires_at ?? "") - Date.now()) / 1_000 };
}

const facts = (id: string, taskSeconds: number, sub = `agent:${id}`) => ({
  id,
  name: id,
  owner: "owner@acme.test",
  team: "demo",
  bindings: [{ issuer: "local", claims: { sub } }],
  limits: { liveTasks: 1_000, taskSeconds },
  createdAt: 1_760_000_000,
});

/** A new agent whose tasks live for a minute, or so many seconds. */
let count = 0;
async function agent(seconds = 60): Promise<string> {
  count += 1;
  const id = `victim-${count}`;
  const { name, owner, team, bindings } = facts(id, seconds);
  const registered = { id, name, owner, team, bindings, limits: { task_seconds: seconds } };
  expect((await asOperator("/v1/agents", registered)).status).toBe(201);
  return id;
}

/** The items that record who an agent is and what it may be given, as a thief would have them. */
const items = (id: string, taskSeconds: number, sub?: string): readonly Item[] => {
  const registration = facts(id, taskSeconds, sub);
  const chain = { n: 1, hash: "0".repeat(64) };
  const text = JSON.stringify(registration);
  return [
    { pk: `AGENT#${id}`, sk: "AGENT", ...registration, status: "active", chain },
    { pk: "AGENT#", sk: id, ...registration, status: "active" },
    { pk: `ACTIVE#${id}`, sk: "ACTIVE", facts: text },
    { pk: `REGISTRATION#${id}`, sk: "REGISTRATION", facts: text },
    {
      pk: "BINDING#local",
      sk: sub ?? `agent:${id}`,
      version: 1,
      bound: [{ agent: id, claims: { sub: sub ?? `agent:${id}` } }],
    },
  ];
};

async function writeAll(thief: Thief, all: readonly Item[]): Promise<void> {
  for (const item of all) await thief.write(item);
}

/** Reads an agent's items, its record first, with the rights of `operate`. */
async function recordsOf(id: string): Promise<readonly Item[]> {
  const reader = new Thief(running, "operate");
  const keys = items(id, 0)
    .slice(0, 4)
    .map(({ pk, sk }) => marshall({ pk, sk }));
  const found = await Promise.allSettled(keys.map((key) => reader.read(key)));
  return found.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

const THIEVES = FUNCTIONS.filter((name) => name !== "register");
const WRITTEN = ["agent", "active", "registration", "binding"] as const;
const ALIKE = await alikeIn(THIEVES, [
  ...WRITTEN.flatMap((kind) => [["PutItem", kind] as const, ["UpdateItem", kind] as const]),
  ["DeleteItem", "halt"],
]);

/** Tries each of a thief's calls on items of nobody. @returns which of them IAM allowed. */
async function allowed(name: FunctionName): Promise<readonly boolean[]> {
  const thief = new Thief(running, name);
  const removed = await thief.remove(marshall({ pk: "HALT#", sk: "nobody" }));
  return [removed, ...(await Promise.all(items("nobody", 3_600).map((item) => thief.write(item))))];
}

it.each(ALIKE.flatMap(([first, ...others]) => others.map((name) => [name, first] as const)))(
  "the role of %s may write just what that of %s may, by which the following is shown",
  async (name, first = name) => {
    expect(await allowed(name)).toEqual(await allowed(first));
  },
);

describe.each(ALIKE.map(([first]) => first as FunctionName))("with the role of %s and nothing else", (name) => {
  it("nobody is vended to who was not registered, and no agent is bound to another identity (I1)", async () => {
    const thief = new Thief(running, name);
    const ghost = `ghost-of-${name}`;
    await writeAll(thief, items(ghost, 3_600));
    expect((await vend(`agent:${ghost}`)).status).not.toBe(200);
    const id = await agent();
    await writeAll(thief, items(id, 3_600, `agent:mallory-${name}`));
    expect((await vend(`agent:mallory-${name}`)).status).not.toBe(200);
  });

  it("no suspended agent is vended to, not even once an operator has changed it (I5)", async () => {
    const id = await agent();
    const before = await recordsOf(id);
    expect((await asOperator(`/v1/agents/${id}/suspend`, {})).status).toBe(200);
    const thief = new Thief(running, name);
    await thief.remove(marshall({ pk: "HALT#", sk: id }));
    const { chain } = (await recordsOf(id))[0] as Item;
    for (const all of [before, items(id, 3_600)]) {
      await writeAll(
        thief,
        all.map((item) => (item.pk === `AGENT#${id}` ? { ...item, chain } : item)),
      );
      await asOperator(`/v1/agents/${id}`, { name: "renamed" });
      expect((await vend(`agent:${id}`)).status).not.toBe(200);
    }
  });

  it("no suspension is made to do nothing by a record of its completion (I5)", async () => {
    const id = await agent();
    const [record] = await recordsOf(id);
    await new Thief(running, name).write({ ...record, pk: `AGENT#${id}`, sk: "AGENT", status: "suspended" });
    expect((await asOperator(`/v1/agents/${id}/suspend`, {})).status).toBe(200);
    expect((await vend(`agent:${id}`)).status).not.toBe(200);
  });

  it("no offboarded agent is vended to, not even once an operator resumes what looks suspended (I5)", async () => {
    const id = await agent();
    const before = await recordsOf(id);
    expect((await asOperator(`/v1/agents/${id}/offboard`, {})).status).toBe(200);
    const thief = new Thief(running, name);
    const { chain } = (await recordsOf(id))[0] as Item;
    const halted = { at: 1, by: "staff|alice" };
    const forged = before.map((item) =>
      item.pk === `AGENT#${id}` ? { ...item, chain, status: "suspended", halted } : item,
    );
    await writeAll(thief, forged);
    expect((await asOperator(`/v1/agents/${id}/resume`, {})).status).not.toBe(200);
    expect((await vend(`agent:${id}`)).status).not.toBe(200);
  });

  it("no limit is widened: not by writing, nor by an older registration, nor by what an operator does then (I1)", async () => {
    const id = await agent(3_600);
    const older = await recordsOf(id);
    expect((await asOperator(`/v1/agents/${id}`, { limits: { task_seconds: 60 } })).status).toBe(200);
    const { chain } = (await recordsOf(id))[0] as Item;
    const own = (all: readonly Item[]) => all.map((item) => (item.pk === `AGENT#${id}` ? { ...item, chain } : item));
    const thief = new Thief(running, name);
    await writeAll(thief, [...own(older), ...own(items(id, 3_600))]);
    expect(await asOperator(`/v1/agents/${id}`, { name: "renamed" })).toMatchObject({
      body: { limits: { task_seconds: 60 } },
    });
    const { status, seconds } = await vend(`agent:${id}`);
    expect(status).toBe(200);
    expect(seconds).toBeLessThanOrEqual(60);
    await asOperator(`/v1/agents/${id}/suspend`, {});
    await writeAll(
      thief,
      older.filter(({ pk }) => pk !== `AGENT#${id}`),
    );
    expect(await asOperator(`/v1/agents/${id}/resume`, {})).toMatchObject({ body: { limits: { task_seconds: 60 } } });
  });
});
