import { beforeEach, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { type ApprovalId, approvalId } from "../../contract/approval-id.ts";
import type { ApprovalRecord } from "../../functions/core/approvals/approval-record.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { type NotifyPorts, notify } from "../../functions/notify/notify.ts";
import { FakeChannels, FakeNotificationBoard } from "../fakes/people/notification-board.ts";
import { aRecord } from "../fakes/samples/approval.ts";
import { aTask } from "../fakes/samples/task.ts";

const { task: TASK } = aTask();
const START = 1_795_000_000;
let nowSeconds: number;
let requests: ApprovalRecord[];
let uses: { readonly id: ApprovalId; readonly use: number }[];
let read: string[];
let ended: string[];
let looked: string[];
let lines: Readonly<Record<string, unknown>>[];
let channels: FakeChannels;
let ports: NotifyPorts;

const group = (name: string, notified: readonly string[]) => ({
  ...{ name, issuer: "staff", members: { persons: ["ann"] }, timeoutSeconds: 900, useWithinSeconds: 300 },
  notify: notified,
});
/** Id of the request that a test names so, and the name of an id. */
const idOf = (name: string) => approvalId(name.padEnd(16, "0"));
const nameOf = (id: string) => id.replace(/0+$/, "");
const asks = (name: string, agent = "deployer", groups = ["sre"]): void => {
  const record = aRecord(TASK, { purpose: `for ${name}` });
  requests.push({
    ...record,
    id: idOf(name),
    agent: { ...record.agent, id: agentId(agent) },
    needed: groups.map((each) => ({ group: each, count: 1 })),
    created_at: nowSeconds,
    expires_at: nowSeconds + 900,
  });
};
const run = () => notify(ports);
const delivered = () => channels.delivered.map(({ message }) => message.requests.map(({ id }) => nameOf(id)));

beforeEach(() => {
  [nowSeconds, requests, uses, read, ended, looked, lines] = [START, [], [], [], [], [], []];
  channels = new FakeChannels();
  const waiting = {
    listWaiting: async ({ group: name }: { readonly group: string }, atSeconds: number) =>
      requests
        .filter(({ needed }) => needed.some((each) => each.group === name))
        .map(({ id, agent, expires_at: expiresAt }) => {
          const place = { id, hash: "h", agent: agent.id, expiresAt };
          return id === idOf("earlier") ? place : { ...place, task: `${nameOf(id)}.` as TaskPath };
        })
        .concat(
          uses.map((each) => ({ hash: "h", agent: agentId("deployer"), expiresAt: nowSeconds + 86_400, ...each })),
        )
        .filter(({ expiresAt }) => expiresAt > atSeconds),
    isLive: async ({ path }: { readonly path: string }) => {
      looked.push(path);
      return !ended.includes(path);
    },
    record: async (id: string) => {
      read.push(nameOf(id));
      return requests.find((each) => each.id === id);
    },
  };
  ports = {
    deployment: {
      approvers: [group("sre", ["ops"]), group("security", ["ops", "sec"]), group("quiet", [])],
      notify: {
        ops: { kind: "slack", secret: "valetkey/notify/ops" },
        sec: { kind: "webhook", url: "https://sec.example.com", secret: "valetkey/notify/sec" },
      },
      console: { url: "https://console.example.com" },
    },
    notificationBoard: new FakeNotificationBoard(waiting),
    channels,
    clock: { nowMs: () => nowSeconds * 1_000 },
    log: { write: (line) => void lines.push(line) },
  };
});

describe("people are notified of requests", () => {
  it("reads and counts no request whose time is over, though it stays in the inbox for days", async () => {
    for (let count = 0; count < 40; count += 1) asks(`old${count}`);
    nowSeconds += 900;
    await run();
    expect([read, lines, delivered()]).toEqual([[], [], []]);
    asks("new");
    await run();
    expect([read, delivered()]).toEqual([["new"], [["new"]]]);
    expect(lines).toContainEqual({ level: "info", event: "waiting", requests: 1 });
  });

  it("notifies each channel of a group once, with a link to the request", async () => {
    asks("one");
    await run();
    await run();
    expect(delivered()).toEqual([["one"]]);
    expect(channels.delivered[0]?.message.requests[0]?.url).toBe(
      `https://console.example.com/approvals/${idOf("one")}`,
    );
  });

  it("notifies a channel once of a request that waits for two of its groups", async () => {
    asks("one", "deployer", ["sre", "security"]);
    await run();
    expect(channels.delivered.map(({ channel }) => channel.secret).toSorted()).toEqual([
      "valetkey/notify/ops",
      "valetkey/notify/sec",
    ]);
  });

  it("announces and counts no request whose task has ended, and still announces a use of its approval", async () => {
    for (const id of ["ended", "waits", "earlier"]) asks(id, "deployer", ["sre", "security"]);
    ended = ["ended."];
    uses = [{ id: idOf("ended"), use: 1 }];
    await run();
    expect(lines).toContainEqual({ level: "info", event: "waiting", requests: 2 });
    expect(looked.toSorted()).toEqual(["ended.", "waits."]);
    const named = channels.delivered.map(({ message }) => message.requests.map(({ id, use }) => [nameOf(id), use]));
    const announced = [
      ["waits", undefined],
      ["earlier", undefined],
      ["ended", 1],
    ];
    expect(named).toEqual([announced, announced]);
  });

  it("sends no reminder of a request whose task has ended since the announcement", async () => {
    asks("a");
    await run();
    ended = ["a."];
    nowSeconds += 450;
    await run();
    expect(delivered()).toEqual([["a"]]);
  });

  it("reads a record once, however many channels and groups are notified of it", async () => {
    asks("one", "deployer", ["sre", "security"]);
    asks("two", "deployer", ["security"]);
    await run();
    expect(channels.delivered).toHaveLength(2);
    expect(read.toSorted()).toEqual(["one", "two"]);
  });

  it("I9c: notifies each channel of each use of a standing approval", async () => {
    asks("one", "deployer", ["sre"]);
    await run();
    requests = requests.map((each) => ({ ...each, standing: { uses: 5, window: 86_400, shape: "s" } }));
    const records = requests;
    uses = [{ id: idOf("one"), use: 1 }];
    for (const use of [1, 1, 2]) {
      nowSeconds += 61;
      requests = records.map((each) => ({ ...each, needed: [] }));
      uses = [{ id: idOf("one"), use }];
      await run();
    }
    const inOps = channels.delivered.filter(({ channel }) => channel.secret.endsWith("/ops"));
    expect(inOps.map(({ message }) => message.requests.map(({ id, use }) => [nameOf(id), use]))).toEqual([
      [["one", undefined]],
      [["one", 1]],
      [["one", 2]],
    ]);
  });

  it("notifies of one agent's flood once a minute, and of another agent at once", async () => {
    for (const id of ["a", "b", "c"]) asks(id);
    await run();
    asks("d");
    asks("other", "reporter");
    await run();
    expect(delivered()).toEqual([["a", "b", "c"], ["other"]]);
    nowSeconds += 60;
    await run();
    expect(delivered().at(-1)).toEqual(["d"]);
  });

  it("reminds once at half of the time, and not of what has left the inbox", async () => {
    asks("a");
    asks("b");
    await run();
    nowSeconds += 450;
    requests = requests.filter(({ id }) => id !== idOf("b"));
    await run();
    await run();
    nowSeconds += 300;
    await run();
    expect(delivered()).toEqual([["a", "b"], ["a"]]);
    expect(channels.delivered[1]?.message.requests[0]?.reminder).toBe(true);
  });

  it("logs that a channel failed, and tries again a minute later with the same id", async () => {
    asks("a");
    let tries = 0;
    channels.before = () => {
      tries += 1;
      if (tries === 1)
        throw Object.assign(new Error("https://hooks.slack.com/secret"), { name: "ChannelUnreachableError" });
    };
    await run();
    await run();
    expect(lines.filter(({ event }) => event !== "waiting")).toEqual([
      {
        level: "error",
        event: "notice_failed",
        channel: "ops",
        agent: agentId("deployer"),
        why: "ChannelUnreachableError",
      },
    ]);
    nowSeconds += 60;
    await run();
    expect(delivered()).toEqual([["a"]]);
    expect(tries).toBe(2);
  });

  it("logs how many requests wait, each once, and nothing where none does", async () => {
    await run();
    expect(lines).toEqual([]);
    asks("a");
    asks("b");
    await run();
    expect(lines).toContainEqual({ level: "info", event: "waiting", requests: 2 });
  });

  it("delivers one message where two runs work at the same time", async () => {
    asks("a");
    await Promise.all([run(), run(), run()]);
    expect(delivered()).toEqual([["a"]]);
  });

  it("sends nothing without a console, whose page a message has to name", async () => {
    asks("a");
    const { console: _, ...deployment } = ports.deployment;
    await notify({ ...ports, deployment });
    expect(delivered()).toEqual([]);
  });
});
