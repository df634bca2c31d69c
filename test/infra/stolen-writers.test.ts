import { randomBytes } from "node:crypto";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName, TOKEN_TYPES } from "../../contract/names.ts";
import { childPath, rootOf, rootPath, type TaskPath } from "../../functions/core/task-path.ts";
import { hashToken, makeToken, type TokenKind } from "../../functions/core/tasks/token.ts";
import { KINDS } from "../../functions/names.ts";
import { GRANT_TYPE, INTENT, type RunningCloud, runCloud, type StartedTask } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

const keyOf = (path: string) => marshall({ pk: `${KINDS.task}${rootOf(path as TaskPath)}`, sk: path });
const eventKey = (path: string) =>
  marshall({ pk: `${KINDS.journal}${rootOf(path as TaskPath)}`, sk: `${path}#EVENT#000001` });
const tokenFor = (kind: TokenKind, path: string): string => makeToken(kind, path as TaskPath, randomBytes(32));

/** The same task, long enough after its last renewal for another. The time of a renewal is not sealed. */
const rested = (item: Item): Item => {
  const leases = Object.entries(item.leases as Record<string, Item>);
  return {
    ...item,
    leases: Object.fromEntries(leases.map(([name, lease]) => [name, { ...lease, startedAt: 1, state: "issued" }])),
  };
};

async function renewal(path: string, token: string): Promise<number> {
  const headers = { authorization: token };
  return (await fetch(`${running.url}/v1/tasks/${path}/credentials/aws-0`, { headers })).status;
}
const post = (path: string, form: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(running.url + path, { method: "POST", body: new URLSearchParams(form) });

/** A running task, its record, and a way to restore the record. */
async function victim(): Promise<{ readonly task: StartedTask; readonly own: Item; restore(): Promise<boolean> }> {
  const owner = new Thief(running, "exchange");
  const task = await running.start();
  const own = rested(await owner.read(keyOf(task.id)));
  await owner.write(own);
  return { task, own, restore: () => owner.write(own) };
}

const WIDE = [{ ...INTENT[0], resources: ["arn:aws:s3:::acme-data/*"] }];
const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");
const ALIKE = await alikeIn(
  THIEVES,
  (["task", "live"] as const).flatMap((kind) => [["PutItem", kind] as const, ["UpdateItem", kind] as const]),
);

/** Tries each of a thief's calls on items of nobody. @returns which of them IAM allowed. */
async function allowed(name: FunctionName): Promise<readonly boolean[]> {
  const thief = new Thief(running, name);
  const path = rootPath(randomBytes(32));
  return [
    await thief.write({ pk: `${KINDS.task}${rootOf(path)}`, sk: path, path }),
    await thief.write({ pk: `${KINDS.live}nobody`, sk: `TASK#${path}` }),
  ];
}

it.each(ALIKE.flatMap(([first, ...others]) => others.map((name) => [name, first] as const)))(
  "the role of %s may write just what that of %s may, by which the following is shown",
  async (name, first = name) => {
    expect(await allowed(name)).toEqual(await allowed(first));
  },
);

describe.each(ALIKE.map(([first]) => first as FunctionName))("with the role of %s and nothing else", (name) => {
  it("a task that was invented is answered with no credentials (I1)", async () => {
    const { own } = await victim();
    const path = rootPath(randomBytes(32));
    const token = tokenFor("vk", path);
    await new Thief(running, name).write({
      ...own,
      pk: `${KINDS.task}${rootOf(path)}`,
      sk: path,
      path,
      tokens: [{ hash: hashToken(token) }],
    });
    expect(await renewal(path, token)).toBe(401);
  });

  it("a task is not widened, prolonged, given to another agent or other claims, nor opened by another token (I1)", async () => {
    const { task, own, restore } = await victim();
    const thief = new Thief(running, name);
    const token = tokenFor("vk", task.id);
    const changes: readonly Item[] = [
      { details: WIDE },
      { expiresAt: Number(own.expiresAt) + 43_200 },
      { agent: "tickets" },
      { facts: { claims: { environment: "production" } } },
      { purpose: "another" },
      { tokens: [...(own.tokens as Item[]), { hash: hashToken(token), seal: own.seal }] },
      { tokens: [{ hash: hashToken(token) }, ...(own.tokens as Item[])] },
    ];
    for (const change of changes) {
      const isWritten = await thief.set(keyOf(task.id), change);
      expect(await renewal(task.id, token), JSON.stringify(change)).toBe(401);
      // The task's own holder gets nothing on a changed record either; where a token was added behind the others, the first is still good.
      if (isWritten && !("tokens" in change))
        expect(await renewal(task.id, task.token), JSON.stringify(change)).toBe(401);
      await restore();
    }
    expect(await renewal(task.id, task.token)).toBe(200);
  });

  it("nothing is opened below somebody's task, and no tool server is shown anything (I3)", async () => {
    const { task, own } = await victim();
    const thief = new Thief(running, name);
    const child = childPath(task.id as TaskPath, randomBytes(16));
    const [token, given, shown] = [tokenFor("vk", child), tokenFor("vkd", task.id), tokenFor("vkp", task.id)];
    await thief.write({
      ...own,
      sk: child,
      path: child,
      delegated: { chain: ["demo"] },
      tokens: [{ hash: hashToken(token) }],
    });
    expect(await renewal(child, token)).toBe(401);
    const expiresAt = own.expiresAt;
    await thief.set(keyOf(task.id), {
      delegations: { [hashToken(given)]: { agent: "demo", expiresAt, seal: own.seal } },
      presentations: { [hashToken(shown)]: { server: "tickets", expiresAt, seal: own.seal } },
    });
    const opened = await post("/v1/token", {
      grant_type: GRANT_TYPE,
      subject_token: given,
      subject_token_type: TOKEN_TYPES.delegation,
      actor_token: await running.cloud.agents.mint({ sub: "agent:demo" }),
      actor_token_type: TOKEN_TYPES.jwt,
      purpose: "a part",
      authorization_details: JSON.stringify([INTENT[0]]),
    });
    expect(opened.status).toBe(400);
    const introspected = await post("/v1/introspect", {
      token: shown,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await running.cloud.agents.mint({ sub: "agent:tickets", aud: `${running.url}/introspect` }),
    });
    expect(await introspected.json()).toEqual({ active: false });
  });

  it("a task that has ended does not live again (I5)", async () => {
    const { task, own } = await victim();
    await running.complete(task);
    const thief = new Thief(running, name);
    const { chain } = await new Thief(running, "exchange").read(keyOf(task.id));
    await thief.write({ ...own, chain });
    const live = {
      pk: `${KINDS.live}${own.agent}`,
      sk: `TASK#${task.id}`,
      openedAt: own.openedAt,
      expiresAt: own.expiresAt,
    };
    expect(await thief.write(live)).toBe(false);
    expect([401, 403]).toContain(await renewal(task.id, task.token));
  });
});

describe.each(THIEVES)("with the role of %s and nothing else", (name) => {
  it("no event is removed, changed or given an end, no key is published, and nothing used is unused (I7)", async () => {
    const { task } = await victim();
    const thief = new Thief(running, name);
    const event = eventKey(task.id);
    expect(await thief.remove(event)).toBe(false);
    expect(await thief.set(event, { ttl: 1 })).toBe(false);
    expect(await thief.write({ pk: KINDS.seal, sk: "KEYS", texts: ["forged"] })).toBe(false);
    for (const pk of [`${KINDS.replay}local#x`, `${KINDS.replay}KEY#demo`, `${KINDS.replay}DELEGATION#${task.id}`]) {
      expect(await thief.write({ pk, sk: "REPLAY", uses: 0 })).toBe(false);
      expect(await thief.remove(marshall({ pk, sk: "REPLAY" }))).toBe(false);
    }
  });
});

describe("with the exchange's own role", () => {
  it("a journal loses nothing either, and another's token is not made unused", async () => {
    const { task } = await victim();
    const thief = new Thief(running, "exchange");
    expect(await thief.remove(eventKey(task.id))).toBe(false);
    expect(await thief.set(eventKey(task.id), { ttl: 1 })).toBe(false);
    expect(await thief.remove(marshall({ pk: `${KINDS.replay}local#x`, sk: "REPLAY" }))).toBe(false);
  });
});
