import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reporter } from "../../../client/reporter.ts";
import type { Task } from "../../../client/task/held-task.ts";
import { PersonWatch } from "../../../client/task/person-watch.ts";
import { taskOf } from "../../../client/task/task.ts";
import { CANARY, FakeValetkey, inSeconds, opened, TASK_ID } from "./fake-valetkey.ts";

let service: FakeValetkey;
let lines: string[];
const watches: PersonWatch[] = [];
beforeEach(async () => {
  service = await new FakeValetkey().start();
  lines = [];
});
afterEach(async () => {
  for (const each of watches.splice(0)) each.close();
  await service.stop();
});

const FILE = join(mkdtempSync(join(tmpdir(), "person-")), "token");
/** Makes what looks like a person's token for the service. */
const token = (n: number, aud = service.url): string =>
  `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ n, aud })).toString("base64url")}.c2ln`;
const taskNow = (): Task => {
  const reply = opened({ task: { expires_at: inSeconds(1_800) } });
  const task = taskOf(Object(reply?.body));
  if (!task) throw new Error("no task");
  return task;
};
const prolonged = () => ({
  status: 200,
  body: { access_token: CANARY.taskToken, task: { id: TASK_ID, status: "active", expires_at: inSeconds(3_600) } },
});
function watched(source: ConstructorParameters<typeof PersonWatch>[0]["source"], task = taskNow()) {
  const report = new Reporter({ json: true, quiet: false, write: (line) => lines.push(line) });
  // The long interval leaves the looks to the test.
  const facts = { url: service.url, audience: service.url, source, token: token(0), task };
  const watch = new PersonWatch(facts, report, 1_000_000);
  watches.push(watch);
  return { watch, task };
}
const sent = () => service.of("POST", "/v1/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const events = () => lines.map((line) => JSON.parse(line).event);

describe("a person's fresh token", () => {
  it("in the file moves the task's hour, by one request for nothing else", async () => {
    writeFileSync(FILE, token(0));
    service.exchange = prolonged;
    const { watch, task } = watched({ kind: "file", path: FILE });
    await watch.look();
    expect(sent()).toEqual([]);
    writeFileSync(FILE, token(1));
    const before = task.expiresAtMs;
    await watch.look();
    await watch.look();
    expect(sent()).toEqual([
      {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token(1),
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        actor_token: CANARY.taskToken,
        actor_token_type: "urn:valetkey:token-type:task",
      },
    ]);
    expect(task.expiresAtMs - before).toBeGreaterThan(1_700_000);
    expect(events()).toEqual(["task_prolonged"]);
    expect(lines.join()).not.toMatch(/CANARY|eyJ/);
  });

  it("that is refused is sent once, and reported once; the next one is sent", async () => {
    const { watch, task } = watched({ kind: "file", path: FILE });
    const before = task.expiresAtMs;
    writeFileSync(FILE, token(1));
    service.exchange = () => ({ status: 400, body: { code: "token_expired", error_description: "It is too old." } });
    await watch.look();
    await watch.look();
    expect([sent().length, events(), task.expiresAtMs]).toEqual([1, ["task_not_prolonged"], before]);
    writeFileSync(FILE, token(2));
    service.exchange = prolonged;
    await watch.look();
    expect([sent().length, events().at(-1)]).toEqual([2, "task_prolonged"]);
  });

  it.each<readonly [string, () => ReturnType<FakeValetkey["exchange"]>]>([
    ["no answer", () => undefined],
    ["an outage", () => ({ status: 503, body: {} })],
    ["too many renewals", () => ({ status: 429, body: {} })],
  ])("is sent again after %s", async (_, answer) => {
    const { watch } = watched({ kind: "file", path: FILE });
    writeFileSync(FILE, token(1));
    service.exchange = answer;
    await watch.look();
    expect(events()).toEqual([]);
    service.exchange = prolonged;
    await watch.look();
    expect([sent().length, events()]).toEqual([2, ["task_prolonged"]]);
  });

  it.each([
    ["for another audience", () => token(1, "https://valetkey.example.com/operate")],
    ["that is no token", () => "<html>"],
    ["that is gone", () => ""],
  ])("%s is not sent anywhere", async (_, text) => {
    const { watch } = watched({ kind: "file", path: FILE });
    writeFileSync(FILE, text());
    await watch.look();
    expect(sent()).toEqual([]);
  });

  it("of an address is requested once half of the hour is over, and not before", async () => {
    let requests = 0;
    service.other = () => {
      requests += 1;
      return { status: 200, body: { token: token(requests) } };
    };
    service.exchange = prolonged;
    const source = { kind: "url", url: `${service.url}/person` } as const;
    const early = watched(source);
    await early.watch.look();
    expect([requests, sent()]).toEqual([0, []]);
    const due = watched(source, { ...taskNow(), expiresAtMs: Date.now() - 10 });
    await due.watch.look();
    await due.watch.look();
    expect([requests, sent().length]).toEqual([1, 1]);
  });

  it("is looked for no more once the watch is closed", async () => {
    const { watch } = watched({ kind: "file", path: FILE });
    writeFileSync(FILE, token(1));
    watch.close();
    await watch.look();
    expect(sent()).toEqual([]);
  });
});
