import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reporter } from "../../../client/reporter.ts";
import { waitingFor } from "../../../client/task/approval.ts";
import type { Approval } from "../../../client/task/held-task.ts";
import { openUsableTask } from "../../../client/task/open-usable-task.ts";
import { CANARY, FakeValetkey, inSeconds, opened, pending, type Reply, TASK_ID } from "./fake-valetkey.ts";

let service: FakeValetkey;
/** Time that has passed since the request; milliseconds. */
let passedMs: number;
let output: string;
let startMs: number;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  passedMs = 0;
  output = "";
  startMs = Date.now();
});
afterEach(() => service.stop());

interface Way {
  readonly isTerminal?: boolean;
  readonly waits?: boolean;
  readonly interruptAtMs?: number;
  readonly onPending?: (approval: Approval) => void;
}

/** Opens a task that must be approved, with a clock that moves by the pauses alone. */
const open = ({ isTerminal = false, waits = true, interruptAtMs = Number.POSITIVE_INFINITY, onPending }: Way = {}) => {
  const write = (text: string) => {
    output += text;
  };
  const options = {
    url: service.url,
    audience: service.url,
    purpose: "p",
    details: [{ type: "aws", account: "111122223333", actions: ["s3:ListAllMyBuckets"], resources: ["*"] }],
    ttlSeconds: undefined,
    mode: "all" as const,
    waits,
  };
  return openUsableTask(options, CANARY.identity, {
    report: new Reporter({ json: false, quiet: false, write, isTerminal }),
    isInterrupted: () => passedMs >= interruptAtMs,
    onPending,
    pace: {
      nowMs: () => startMs + passedMs,
      sleep: async (ms) => {
        passedMs += ms;
      },
    },
  });
};

/** Answers the opening, then the polls in their order; the last one again and again. */
function answers(first: Reply, ...polls: (() => Reply)[]): void {
  let asked = 0;
  service.exchange = () => {
    asked += 1;
    return asked === 1 ? first : polls[Math.min(asked - 2, polls.length - 1)]?.();
  };
}

const refusal =
  (code: string, sentence: string, status = 403) =>
  (): Reply => ({
    status,
    body: { error: "access_denied", code, error_description: sentence },
  });
const stillPending = (have: number) => (): Reply => ({
  status: 400,
  body: { error: "authorization_pending", interval: 5, approval: pending({ have }) },
});
const polls = () => service.of("POST", "/v1/token").slice(1);

it("reports that the person has to decide for whom the agent acts", () => {
  const needed = [
    { group: "@person", count: 1, have: 0 },
    { group: "sre", count: 2, have: 1 },
  ];
  expect(waitingFor({ needed })).toBe("the person it acts for and sre (1 of 2)");
});

it("reports that only the key is missing where all votes are there", async () => {
  answers(opened({ pending: { have: 2 } }), () => opened());
  await open();
  expect(output).toMatch(/waiting for its key, which people have approved, \d+:\d\d left/);
});

describe("a task that people must approve", () => {
  it("is polled by its token at the requested interval, and comes with its credentials once it is approved", async () => {
    answers(opened({ pending: {} }), stillPending(0), stillPending(1), () => opened());
    const task = await open();
    expect(task).toMatchObject({ id: TASK_ID, status: "active", credentials: [{ name: "aws-0" }] });
    expect(passedMs).toBe(15_000);
    expect(Object.fromEntries(new URLSearchParams(polls()[0]?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: CANARY.taskToken,
      subject_token_type: "urn:valetkey:token-type:task",
      requested_token_type: "urn:valetkey:token-type:task",
    });
    expect(service.of("POST", "/complete")).toEqual([]);
    expect(output).not.toContain("CANARY");
  });

  it("is polled less often after slow_down", async () => {
    const slower = (): Reply => ({ status: 400, body: { error: "slow_down" } });
    answers(opened({ pending: {} }), slower, () => opened());
    await open();
    expect(passedMs).toBe(15_000);
  });

  describe("whose budget is spent once people have approved", () => {
    const spent = (seconds: number) => (): Reply => ({
      status: 429,
      body: {
        error: "slow_down",
        code: "budget_spent",
        error_description: "x",
        budget: "deploys 3/1d agent",
        retry_after: seconds,
      },
      headers: { "retry-after": String(seconds) },
    });

    it("is asked for again when the budget allows it, while the approval lives", async () => {
      answers(opened({ pending: {} }), spent(120), () => opened());
      await open();
      expect(passedMs).toBe(125_000);
      expect(output).toMatch(
        /approved, but not yet: The budget "deploys 3\/1d agent" of policy is spent: .*, in 2 min\. /,
      );
    });

    it("is given up with the budget's own words where the approval ends before", async () => {
      answers(opened({ pending: {} }), spent(86_400), () => opened());
      await expect(open()).rejects.toMatchObject({ reason: "later", event: "budget_spent", retryAfterSeconds: 86_400 });
      expect(polls()).toHaveLength(1);
      expect(service.of("POST", "/complete")).toHaveLength(1);
    });
  });

  it("is announced once, at each vote, and once a minute where no terminal shows the countdown", async () => {
    answers(opened({ pending: {} }), ...Array.from({ length: 13 }, () => stillPending(0)), stillPending(1), () =>
      opened(),
    );
    await open();
    const lines = output.match(/waiting for .*/g) ?? [];
    expect(lines.map((line) => line.replace(/, \d+:\d\d left.*/, ""))).toEqual([
      "waiting for sre (0 of 2)",
      "waiting for sre (0 of 2)",
      "waiting for sre (1 of 2)",
    ]);
    expect(lines[2]).toMatch(/, 13:\d\d left, https:\/\/console\.example\.com\/approvals\//);
  });

  it("counts down in one line of a terminal", async () => {
    answers(opened({ pending: {} }), () => opened());
    await open({ isTerminal: true });
    const lines = output.split("\n");
    expect(lines[0]?.split("\r\u001b[2K")).toHaveLength(5);
    expect(lines[1]).toMatch(/^valetkey: approved: task/);
  });

  it("reports the request and each vote to its program", async () => {
    answers(opened({ pending: {} }), stillPending(0), stillPending(1), () => opened());
    const reported: Approval[] = [];
    await open({ onPending: (approval) => void reported.push(approval) });
    expect(reported.map(({ needed }) => needed)).toEqual([
      [{ group: "sre", count: 2, have: 0 }],
      [{ group: "sre", count: 2, have: 1 }],
    ]);
    expect(reported[0]?.url).toBe(pending({}).url);
  });

  it.each([
    ["approval_denied", "refused"],
    ["approval_expired", "later"],
    ["approval_void", "later"],
  ])("I9e: %s ends the task, and is %s", async (code, reason) => {
    answers(opened({ pending: {} }), refusal(code, "What became of it."));
    await expect(open()).rejects.toMatchObject({ reason, event: code, message: "What became of it." });
    expect(service.of("POST", "/complete")).toHaveLength(1);
  });

  it("I9e: survives an outage, which is no decision, and ends only once the time is over", async () => {
    answers(
      opened({ pending: {} }),
      () => undefined,
      refusal("store_unavailable", "Later.", 503),
      () => opened(),
    );
    expect(await open()).toMatchObject({ status: "active" });
    answers(opened({ pending: { seconds: 60 } }), () => undefined);
    passedMs = 0;
    await expect(open()).rejects.toMatchObject({ reason: "unavailable" });
    expect(passedMs).toBeGreaterThanOrEqual(90_000);
  });

  it("is withdrawn where the wait is interrupted", async () => {
    answers(opened({ pending: {} }), stillPending(0));
    await expect(open({ interruptAtMs: 7_000 })).rejects.toMatchObject({ event: "approval_withdrawn" });
    expect(passedMs).toBe(7_000);
    expect(service.of("POST", "/complete")).toHaveLength(1);
  });

  it("is withdrawn where its program no longer wants it", async () => {
    answers(opened({ pending: {} }), stillPending(0));
    const onPending = () => {
      throw new Error("not worth it");
    };
    await expect(open({ onPending })).rejects.toThrow("not worth it");
    expect(service.of("POST", "/complete")).toHaveLength(1);
  });

  it("waits on without the command where that does not wait", async () => {
    answers(opened({ pending: {} }), stillPending(0));
    await expect(open({ waits: false })).rejects.toMatchObject({ reason: "later", event: "approval_pending" });
    expect(polls()).toEqual([]);
    expect(passedMs).toBe(0);
    expect(service.of("POST", "/complete")).toEqual([]);
  });

  it("comes with its credentials, without a wait, to the repeat of a request whose answer was lost", async () => {
    service.exchange = () => (service.of("POST", "/v1/token").length === 1 ? undefined : opened());
    expect(await open({ waits: false })).toMatchObject({ status: "active", credentials: [{ name: "aws-0" }] });
    const [lost, repeat] = service
      .of("POST", "/v1/token")
      .map(({ body }) => new URLSearchParams(body).get("idempotency_key"));
    expect([typeof lost, repeat]).toEqual(["string", lost]);
    expect(service.of("POST", "/complete")).toEqual([]);
  });

  it("comes with its credentials to the next poll where the answer to one was lost", async () => {
    answers(
      opened({ pending: {} }),
      () => undefined,
      () => opened(),
    );
    expect(await open()).toMatchObject({ status: "active" });
    expect(polls()).toHaveLength(2);
  });

  it("is not taken for approved by an answer that is still pending", async () => {
    answers(
      opened({ pending: {} }),
      () => opened({ pending: {} }),
      () => opened(),
    );
    const task = await open();
    expect(task.approval).toBeUndefined();
    expect(passedMs).toBe(10_000);
  });

  it("is refused where the answer is pending and names no approval", async () => {
    answers(opened({ task: { status: "pending_approval", expires_at: inSeconds(900) }, credentials: [] }));
    await expect(open()).rejects.toMatchObject({ reason: "later", event: "not_active" });
  });
});
