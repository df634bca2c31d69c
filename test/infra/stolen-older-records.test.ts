import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName, TOKEN_TYPES } from "../../contract/names.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { hashToken } from "../../functions/core/tasks/token.ts";
import { KINDS } from "../../functions/names.ts";
import { type ApprovingCloud, runApprovingCloud } from "../contract/approving-cloud.ts";
import { GRANT_TYPE, INTENT, type StartedTask } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

let cloud: ApprovingCloud;
let owner: Thief;
beforeAll(async () => {
  cloud = await runApprovingCloud();
  owner = new Thief(cloud, "exchange");
  await cloud.register("writer");
});
afterAll(() => cloud.close());

const keyOf = (path: string) => marshall({ pk: `${KINDS.task}${rootOf(path as TaskPath)}`, sk: path });
const tokenKey = (path: string, token: string) => ({ pk: `${KINDS.liveToken}${path}`, sk: hashToken(token) });

/** Puts an older version of a task's record back, with the present chain, so that later writes succeed. */
async function putBack(thief: Thief, { pk: _pk, sk, ...older }: Item): Promise<boolean> {
  const { chain } = await owner.read(keyOf(String(sk)));
  return thief.set(keyOf(String(sk)), { ...older, chain });
}

const post = (path: string, form: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(cloud.url + path, { method: "POST", body: new URLSearchParams(form) });

/** Exchanges the task's token for a weaker one. */
async function weaker({ token }: Pick<StartedTask, "token">, type: string, audience: string): Promise<string> {
  const answer = await post("/v1/token", {
    grant_type: GRANT_TYPE,
    subject_token: token,
    subject_token_type: TOKEN_TYPES.task,
    requested_token_type: type,
    audience,
  });
  const { access_token: weaker } = (await answer.json()) as { readonly access_token?: string };
  if (!weaker) throw new Error(`no ${type}`);
  return weaker;
}

/** Opens a task with a delegation token. @returns the task, and the number of AWS keys. */
async function openBelow(token: string, more: Readonly<Record<string, string>> = {}, agent = "tickets") {
  const answer = await post("/v1/token", {
    grant_type: GRANT_TYPE,
    subject_token: token,
    subject_token_type: TOKEN_TYPES.delegation,
    actor_token: await cloud.cloud.agents.mint({ sub: `agent:${agent}` }),
    actor_token_type: TOKEN_TYPES.jwt,
    purpose: "a part",
    authorization_details: JSON.stringify([INTENT[0]]),
    ...more,
  });
  const body = (await answer.json()) as {
    readonly access_token?: string;
    readonly task?: { readonly id: string };
    readonly credentials?: readonly unknown[];
  };
  return { id: body.task?.id ?? "", token: body.access_token ?? "", keys: body.credentials?.length ?? 0 };
}

async function isActive(token: string): Promise<boolean> {
  const answer = await post("/v1/introspect", {
    token,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await cloud.cloud.agents.mint({ sub: "agent:tickets", aud: `${cloud.url}/introspect` }),
  });
  return ((await answer.json()) as { readonly active: boolean }).active;
}

const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");
const WRITERS = (
  await alikeIn(THIEVES, [
    ["UpdateItem", "task"],
    ["PutItem", "live"],
    ["PutItem", "liveToken"],
    ["DeleteItem", "live"],
    ["DeleteItem", "liveToken"],
  ])
).flatMap(([first]) => first ?? []);
const REFUSED = { keys: 0 } as const;

describe.each(WRITERS)(
  "with the role of %s and nothing else, and all that was ever in the table",
  (name: FunctionName) => {
    const thief = () => new Thief(cloud, name);

    it("an approved task is not prolonged to the end of its wait (I4, I9b)", async () => {
      const task = await cloud.ask("writer", `published/${name}.csv`);
      const waiting = await owner.read(keyOf(task.id));
      expect(await cloud.voting.approve("person:bob", task.approval)).toMatch(/^200/);
      expect((await cloud.poll(task)).key).toBeDefined();
      const isWritten = await putBack(thief(), waiting);
      expect(await cloud.poll(task)).toEqual(isWritten ? { code: "task_ended" } : { key: expect.anything() });
    });

    it("a revoked delegation token opens nothing (I3)", async () => {
      const task = await cloud.start();
      const token = await weaker(task, TOKEN_TYPES.delegation, "tickets");
      const [before, entry] = [await owner.read(keyOf(task.id)), await owner.read(marshall(tokenKey(task.id, token)))];
      expect((await post("/v1/revoke", { token })).status).toBe(200);
      await putBack(thief(), before);
      expect(await thief().write(entry)).toBe(false);
      expect(await openBelow(token)).toMatchObject(REFUSED);
    });

    it("a delegation token that was revoked while its entry was hidden opens nothing, and one that was not opens a task", async () => {
      const task = await cloud.start();
      const token = await weaker(task, TOKEN_TYPES.delegation, "tickets");
      const before = await owner.read(keyOf(task.id));
      await thief().set(keyOf(task.id), { delegations: {} });
      expect((await post("/v1/revoke", { token })).status).toBe(200);
      await putBack(thief(), before);
      expect(await openBelow(token)).toMatchObject(REFUSED);
      expect(await openBelow(await weaker(task, TOKEN_TYPES.delegation, "tickets"))).toMatchObject({ keys: 1 });
    });

    it("a used delegation opens no second task, though its child is said to have been withdrawn (I3)", async () => {
      const task = await cloud.start();
      const token = await weaker(task, TOKEN_TYPES.delegation, "tickets");
      const key = { idempotency_key: `run-${name}` };
      const child = await openBelow(token, key);
      expect(child.keys).toBe(1);
      await cloud.complete({ ...task, ...child });
      await thief().set(keyOf(child.id), { status: "withdrawn", confirmed: false });
      await thief().remove(marshall({ pk: `${KINDS.live}tickets`, sk: `TASK#${child.id}` }));
      expect(await openBelow(token, key)).toMatchObject(REFUSED);
    });

    it("a revoked presentation token is not active", async () => {
      const task = await cloud.start();
      const token = await weaker(task, TOKEN_TYPES.presentation, "tickets");
      expect(await isActive(token)).toBe(true);
      const [before, entry] = [await owner.read(keyOf(task.id)), await owner.read(marshall(tokenKey(task.id, token)))];
      expect((await post("/v1/revoke", { token })).status).toBe(200);
      await putBack(thief(), before);
      expect(await thief().write(entry)).toBe(false);
      expect(await isActive(token)).toBe(false);
    });
  },
);
