import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError, type Denial, type RunningTask, type TaskRequest, withTask } from "../../../client/with-task.ts";
import { CANARY, credential, FakeValetkey, opened, TASK_ID } from "./fake-valetkey.ts";

let valetkey: FakeValetkey;
let events: Readonly<Record<string, unknown>>[];
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  events = [];
});
afterEach(() => valetkey.stop());

const request = (): TaskRequest => ({
  url: valetkey.url,
  purpose: "p",
  intent: [{ type: "aws", account: "111122223333", actions: ["s3:ListAllMyBuckets"], resources: ["*"] }],
  identity: { kind: "token", token: CANARY.identity },
  onEvent: (event) => void events.push(event),
});
const completions = () => valetkey.of("POST", "/complete").map(({ body }) => JSON.parse(body));

describe("withTask", () => {
  it("gives the work credentials as the AWS SDK takes them, ends the task, and returns what the work came to", async () => {
    const seen = await withTask(request(), async (task) => task.credentials("111122223333")());
    expect(seen).toEqual({
      accessKeyId: "ASIA0",
      secretAccessKey: CANARY.secret,
      sessionToken: CANARY.session,
      expiration: expect.any(Date),
      accountId: "111122223333",
    });
    expect(completions()).toEqual([{ outcome: "success", detail: "the work is done" }]);
  });

  it.each<readonly [string, object, RegExp]>([
    ["no purpose", { purpose: undefined }, /^purpose is missing: it takes 1 to 256 characters/],
    ["a blank purpose", { purpose: "  " }, /^purpose takes 1 to 256/],
    ["a purpose that is no text", { purpose: 7 }, /^purpose takes/],
    ["no intent", { intent: undefined }, /^intent is missing: it takes a list of details, such as \[\{ type: "aws"/],
    ["an intent without details", { intent: [] }, /^intent takes a list/],
    ["one detail in place of a list", { intent: { type: "aws" } }, /^intent takes a list/],
    [
      "a detail without a type",
      { intent: [{ type: "aws" }, { account: "111122223333" }] },
      /^intent\[1\] has no type, such as "aws": intent takes a list/,
    ],
    [
      "the beginning of an argument's name",
      { ttl: 60 },
      /^withTask takes no "ttl"; did you mean ttlSeconds\? It takes purpose, /,
    ],
    ["a lifetime that is a text", { ttlSeconds: "900" }, /^ttlSeconds takes a whole number of seconds/],
    [
      "a source without its kind",
      { identity: { url: "http://127.0.0.1:1" } },
      /^identity takes the agent's OIDC token/,
    ],
    ["a source of another kind", { identity: { kind: "toString" } }, /^identity takes/],
    ["a source without its place", { identity: { kind: "file" } }, /^identity takes/],
    ["a blank token", { identity: "" }, /^identity takes/],
    ["another delivery", { deliver: "key" }, /^deliver takes "sign"; leave it out for keys/],
    ["another mode", { mode: "less" }, /^mode takes "all" or "narrow"/],
    [
      "a misspelt argument",
      { porpose: "p" },
      /^withTask takes no "porpose"; did you mean purpose\? It takes purpose, /,
    ],
    [
      "an argument of another client",
      { accept_less: true },
      /^withTask takes no "accept_less"\. It takes purpose, intent, /,
    ],
  ])("refuses %s before anything is sent, and says what to give", async (_, changed, sentence) => {
    const called = withTask({ ...request(), ...changed } as TaskRequest, () => Promise.reject(new Error("ran")));
    await expect(called).rejects.toMatchObject({ reason: "usage", message: expect.stringMatching(sentence) });
    expect(valetkey.seen).toEqual([]);
  });

  it.each<readonly [string, NonNullable<TaskRequest["identity"]>]>([
    ["a text", CANARY.identity],
    ["a function", (audience) => (audience === valetkey.url ? CANARY.identity : "for another")],
    ["a function that takes its time", async () => CANARY.identity],
  ])("takes the agent's token as %s", async (_, identity) => {
    await expect(withTask({ ...request(), identity }, async () => "done")).resolves.toBe("done");
    expect(valetkey.of("POST", "/v1/token")[0]?.body).toContain(CANARY.identity);
  });

  it("refuses a function that returns no token, and quotes nothing of it", async () => {
    const called = withTask({ ...request(), identity: () => "no token" }, async () => "done");
    await expect(called).rejects.toMatchObject({
      reason: "identity",
      message: expect.stringMatching(/^the text from the function identity is not a signed JWT/),
    });
    expect(valetkey.seen).toEqual([]);
  });

  it("refuses work that is no function before anything is sent", async () => {
    await expect(withTask(request(), undefined as never)).rejects.toMatchObject({ reason: "usage" });
    expect(valetkey.seen).toEqual([]);
  });

  it("gives the work what connectors issued", async () => {
    const secret = { type: "secret", name: "secret-0", value: CANARY.secret };
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900) };
    valetkey.exchange = () => opened({ credentials: [aws, secret] });
    await withTask(request(), async ({ issued }) => {
      expect(issued).toEqual([{ type: "secret", name: "secret-0", fields: secret }]);
    });
    expect(JSON.stringify(events)).not.toContain("CANARY");
  });

  it("ends the task as a failure where the work throws, and throws the same", async () => {
    const boom = new Error(CANARY.secret);
    await expect(withTask(request(), () => Promise.reject(boom))).rejects.toBe(boom);
    expect(completions()).toEqual([{ outcome: "failure", detail: "it threw an error" }]);
  });

  it("renews the credentials while the work goes on", async () => {
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) }] });
    await withTask(request(), async (task) => {
      expect((await task.credentials()()).accessKeyId).toBe("ASIA1");
    });
  });

  it.each<readonly [string, () => Promise<void>]>([
    ["ended", async () => {}],
    ["failed", () => Promise.reject(new Error("the work failed"))],
  ])("takes the provider of credentials back with a task whose work %s", async (_, end) => {
    let provider: ReturnType<RunningTask["credentials"]> | undefined;
    const ran = withTask(request(), async (task) => {
      provider = task.credentials();
      expect((await provider()).accessKeyId).toBe("ASIA0");
      await end();
    });
    await ran.catch(() => undefined);
    await expect(provider?.()).rejects.toMatchObject({
      reason: "refused",
      event: "no_credential",
      message: `Task ${TASK_ID} has ended with its withTask: use its credentials while the work runs.`,
    });
  });

  it("gives no key that was renewed while the task ended", async () => {
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) }] });
    let renew = () => {};
    const asked = new Promise<void>((resolve) => {
      valetkey.renewal = async () => {
        resolve();
        await new Promise<void>((go) => {
          renew = go;
        });
        return { status: 200, body: credential(1, 900) };
      };
    });
    let late: Promise<unknown> | undefined;
    await withTask(request(), async (task) => {
      late = task
        .credentials()()
        .catch((error: unknown) => error);
      await asked;
    });
    renew();
    expect(await late).toMatchObject({ event: "no_credential", message: expect.stringContaining("has ended") });
  });

  it("rejects with the refusal, its code and its denials, and never calls the work", async () => {
    const denials: readonly Denial[] = [
      { action: "s3:GetObject", target: "arn", reason: "no policy permits it", hint: "ask for less" },
    ];
    valetkey.exchange = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
    const error: unknown = await withTask(request(), () => Promise.reject(new Error("called"))).catch((each) => each);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ reason: "refused", event: "policy_denied", denials });
  });

  it("names what was granted and what was left out, also for a task that people approved", async () => {
    const granted = [{ type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:b"] }];
    const hint = "Policy covers arn:b: ask for that, or with mode=narrow for what is permitted.";
    const denials = [{ action: "s3:GetObject", target: "arn:a", reason: "No policy permits it.", hint }];
    let requests = 0;
    valetkey.exchange = () => {
      if (requests++ === 0) return opened({ pending: { interval: 0.01 } });
      const whole = opened();
      return whole && { ...whole, body: { ...Object(whole.body), authorization_details: granted, denials } };
    };
    const seen = await withTask({ ...request(), mode: "narrow" }, async (task) => [task.granted, task.denials]);
    const inPlace = 'Policy covers arn:b: ask for that, or with mode: "narrow" for what is permitted.';
    expect(seen).toEqual([granted, [{ ...denials[0], hint: inPlace }]]);
  });

  it("has denials and hints in the message of a refusal, in the arguments of withTask", async () => {
    const hint = "Policy covers arn:b: ask for that, or with mode=narrow for what is permitted.";
    const denials = ["s3:GetObject", "s3:PutObject"].map((action) => ({
      ...{ action, target: "arn:a", reason: "No policy permits it.", hint },
    }));
    const refused = { error: "access_denied", error_description: "Policy does not permit this; see the denials." };
    valetkey.exchange = () => ({ status: 403, body: { ...refused, code: "policy_denied", denials } });
    const error: unknown = await withTask(request(), async () => {}).catch((each) => each);
    expect(error).toMatchObject({
      message: [
        "Policy does not permit this; see the denials.",
        "  denied: s3:GetObject, s3:PutObject on arn:a",
        "    No policy permits it.",
        '    hint: Policy covers arn:b: ask for that, or with mode: "narrow" for what is permitted.',
      ].join("\n"),
      denials: [{ hint: expect.stringContaining('mode: "narrow"') }, {}],
    });
    // Node prints the stack of an error that nobody catches.
    expect(error).toHaveProperty("stack", expect.stringContaining("    No policy permits it.\n"));
  });

  it("throws a refusal that the work met, and words it once", async () => {
    const denials = [{ action: "s3:GetObject", target: "arn:a", reason: "No policy permits it." }];
    valetkey.delegation = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
    let met: unknown;
    const ran = withTask(request(), async (task) => {
      await task.delegate("helper", request().intent).catch((error: unknown) => {
        met = error;
        throw error;
      });
    });
    const thrown: unknown = await ran.catch((error) => error);
    expect(thrown).toBe(met);
    expect(String(met).match(/denied: s3:GetObject on arn:a/g)).toHaveLength(1);
  });

  it("rejects with the seconds after which a spent budget allows another task", async () => {
    const refused = { error: "slow_down", code: "budget_spent", budget: "deploys 3/1d agent", retry_after: 600 };
    valetkey.exchange = () => ({ status: 429, body: refused, headers: { "retry-after": "600" } });
    await expect(withTask(request(), () => Promise.reject(new Error("called")))).rejects.toMatchObject({
      ...{ reason: "later", event: "budget_spent", retryAfterSeconds: 600 },
      message: expect.stringMatching(
        /^The budget "deploys 3\/1d agent" of policy is spent: .*, in 10 min\. Waiting helps/,
      ),
    });
  });

  it("describes no more than there is: an account without a credential, a task that has ended", async () => {
    await withTask(request(), async (task) => {
      await expect(task.credentials("444455556666")()).rejects.toMatchObject({ event: "no_credential" });
    });
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, -1) }] });
    valetkey.renewal = () => ({ status: 403, body: { Message: "The task has ended." } });
    await withTask(request(), async (task) => {
      await expect(task.credentials()()).rejects.toMatchObject({ reason: "refused", message: "The task has ended." });
    });
  });

  it("emits its events, and no secret in them", async () => {
    await withTask(request(), async () => {});
    expect(events).toMatchObject([{ event: "task_ended" }]);
    expect(JSON.stringify(events)).not.toContain("CANARY");
  });

  it("waits for people, and reports the request that they decide about", async () => {
    let requests = 0;
    valetkey.exchange = () => (requests++ === 0 ? opened({ pending: { interval: 0.01 } }) : opened());
    const urls: string[] = [];
    const onPending = ({ url }: { readonly url: string }) => void urls.push(url);
    expect(await withTask({ ...request(), onPending }, async () => "done")).toBe("done");
    expect(urls).toEqual([expect.stringMatching(/\/approvals\/ap7f3m2q9x4abc1d$/)]);
  });

  it("withdraws the request where its signal is aborted while people decide, and begins no work", async () => {
    valetkey.exchange = () => opened({ pending: { interval: 0.01 } });
    const controller = new AbortController();
    let begun = false;
    const work = async () => {
      begun = true;
    };
    const running = withTask({ ...request(), signal: controller.signal, onPending: () => controller.abort() }, work);
    await expect(running).rejects.toMatchObject({ reason: "later", event: "approval_withdrawn" });
    expect([begun, completions()]).toEqual([false, [{ outcome: "failure", detail: "it was not begun" }]]);
  });

  it("begins no work where its signal was aborted before, and ends the task", async () => {
    let begun = false;
    const running = withTask({ ...request(), signal: AbortSignal.abort() }, async () => {
      begun = true;
    });
    await expect(running).rejects.toMatchObject({ reason: "later", event: "approval_withdrawn" });
    expect([begun, completions().length]).toEqual([false, 1]);
  });

  it("listens to no signal of the process itself", async () => {
    const before = process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
    await withTask(request(), async () => {
      expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(before);
    });
  });

  it("names its own arguments where the token is for another audience", async () => {
    const claims = Buffer.from(JSON.stringify({ aud: "https://other.example" })).toString("base64url");
    const error = await withTask({ ...request(), identity: `e30.${claims}.c2ln` }, async () => {}).catch(String);
    expect(error).toMatch(/or give audience$/);
  });

  it("names the accounts that a task has keys for, and an intent that asks for none", async () => {
    await withTask(request(), async (task) => {
      await expect(task.credentials("999999999999")()).rejects.toThrow(
        "no AWS credentials for account 999999999999; it has them for 111122223333",
      );
    });
    valetkey.exchange = () => opened({ credentials: [{ type: "secret", name: "secret-0", value: CANARY.secret }] });
    const secret = [{ type: "secret", name: "crm" }];
    await withTask({ ...request(), intent: secret }, async (task) => {
      await expect(task.credentials()()).rejects.toThrow("no AWS credentials: its intent asks for none");
    });
  });
});
