import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningTask, type TaskRequest, withTask } from "../../../client/with-task.ts";
import { CANARY, delegated, FakeValetkey, opened } from "./fake-valetkey.ts";

let valetkey: FakeValetkey;
let events: Readonly<Record<string, unknown>>[];
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  events = [];
});
afterEach(() => valetkey.stop());

const intent = [{ type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/b"] }];
const request = (): TaskRequest => ({
  url: valetkey.url,
  purpose: "p",
  intent,
  identity: { kind: "token", token: CANARY.identity },
  onEvent: (event) => void events.push(event),
});
const within = <T>(work: (task: RunningTask) => Promise<T>) => withTask(request(), work);
const forms = () => valetkey.of("POST", "/v1/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

describe("task.delegate", () => {
  it("exchanges the task token for a delegation to one agent, for one intent and time", async () => {
    const delegation = await within((task) => task.delegate("helper", intent, { ttlSeconds: 300 }));
    expect(forms()[1]).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: "urn:valetkey:token-type:delegation",
      subject_token: CANARY.taskToken,
      subject_token_type: "urn:valetkey:token-type:task",
      audience: "helper",
      authorization_details: JSON.stringify(intent),
      task_ttl: "300",
    });
    expect(delegation.text()).toBe(CANARY.delegation);
    expect(delegation).toMatchObject({ agent: "helper", intent });
    expect(Math.abs(delegation.expiresAt.getTime() - Date.now() - 600_000)).toBeLessThan(5_000);
  });

  it("makes a delegation whose token is in no log, no JSON and no text of it", async () => {
    const delegation = await within((task) => task.delegate("helper", intent));
    for (const text of [JSON.stringify(delegation), inspect(delegation, { showHidden: true }), String(delegation)])
      expect(text).not.toContain("CANARY");
    expect(JSON.stringify({ ...delegation, copied: structuredClone(delegation) })).not.toContain("CANARY");
    expect(JSON.stringify(events)).not.toContain("CANARY");
  });

  it.each<readonly [string, readonly unknown[], RegExp]>([
    ["no agent", [undefined, intent], /^agent is missing: it takes the registered id of the sub-agent/],
    ["an agent that is none", ["Not An Id", intent], /^agent takes the registered id/],
    ["no intent", ["helper"], /^intent is missing: it takes a list of details/],
    ["an empty intent", ["helper", []], /^intent takes a list/],
    ["a lifetime that is a text", ["helper", intent, { ttlSeconds: "300" }], /^ttlSeconds takes a whole number/],
    ["a misspelt option", ["helper", intent, { ttlSecond: 300 }], /^delegate takes no "ttlSecond"; did you mean ttl/],
    ["a lifetime in the options' place", ["helper", intent, 300], /^delegate takes an object as its third/],
  ])("refuses %s before anything is sent, and says what to give", async (_, args, sentence) => {
    const called = within((task) => (task.delegate as (...given: readonly unknown[]) => Promise<unknown>)(...args));
    await expect(called).rejects.toMatchObject({ reason: "usage", message: expect.stringMatching(sentence) });
    expect(forms()).toHaveLength(1);
  });

  it("rejects with the refusal and its denials, without a command line, and without a token", async () => {
    const denials = [{ action: "s3:GetObject", target: "arn:aws:s3:::a/b", reason: "The task has not got it." }];
    valetkey.delegation = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
    const error = await within((task) => task.delegate("helper", intent)).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: "refused", event: "policy_denied", denials, instead: undefined });
    expect(inspect(error)).not.toContain("CANARY");
  });

  it("repeats the request after an outage, and rejects where the outage lasts", async () => {
    let calls = 0;
    valetkey.delegation = () => (calls++ === 0 ? { status: 503, body: {} } : delegated());
    await within((task) => task.delegate("helper", intent));
    expect(calls).toBe(2);
    valetkey.delegation = () => undefined;
    await expect(within((task) => task.delegate("helper", intent))).rejects.toMatchObject({
      reason: "unavailable",
      message: expect.stringContaining("nothing was delegated"),
    });
  });

  it.each([
    ["of another kind", { access_token: CANARY.taskToken }],
    ["without an end", { expires_in: undefined }],
  ])("refuses an answer with a token %s", async (_, changed) => {
    const { body } = delegated() ?? {};
    valetkey.delegation = () => ({ status: 200, body: { ...Object(body), ...changed } });
    await expect(within((task) => task.delegate("helper", intent))).rejects.toMatchObject({
      event: "answer_unreadable",
    });
  });
});

describe("withTask with a delegation", () => {
  it.each(["the delegation", "its text", "its text from a file"])(
    "opens the sub-agent's task by %s and the sub-agent's own token",
    async (form) => {
      const delegation = await within((task) => task.delegate("helper", intent));
      const text = form === "its text" ? delegation.text() : `${delegation.text()}\n`;
      await withTask({ ...request(), delegation: form === "the delegation" ? delegation : text }, async () => {});
      expect(forms()[2]).toMatchObject({
        subject_token: CANARY.delegation,
        subject_token_type: "urn:valetkey:token-type:delegation",
        actor_token: CANARY.identity,
        actor_token_type: "urn:ietf:params:oauth:token-type:id_token",
      });
      expect(valetkey.of("POST", "/complete")).toHaveLength(2);
      expect(JSON.stringify(events)).not.toContain("CANARY");
    },
  );

  it.each([
    ["a variable that is not set", undefined, "undefined"],
    ["an empty variable", "", ""],
    ["the task token", CANARY.taskToken, "_CANARY"],
    ["a look-alike", { text: () => CANARY.delegation }, "CANARY"],
    ["what JSON made of a delegation", { agent: "helper", intent }, "helper"],
  ])("opens no task of the agent's own in place of %s", async (_, delegation, quoted) => {
    const called = withTask({ ...request(), delegation } as TaskRequest, async () => {});
    const error = await called.catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ reason: "usage", message: expect.stringContaining("task.delegate") });
    if (quoted.includes("CANARY")) expect((error as Error).message).not.toContain("CANARY");
    expect(valetkey.seen).toEqual([]);
  });

  it("repeats a lost answer under one key, since the delegation is good for one task", async () => {
    let calls = 0;
    valetkey.exchange = () => (calls++ === 0 ? undefined : opened());
    await withTask({ ...request(), delegation: CANARY.delegation }, async () => {});
    expect(forms().map(({ idempotency_key }) => idempotency_key)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      forms()[0]?.idempotency_key,
    ]);
  });
});
