import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { approvalId } from "../../../../contract/approval-id.ts";
import { notificationMessage, slackText } from "../../../../functions/core/approvals/notification-message.ts";
import {
  type Announced,
  announcedWith,
  dueNotification,
  NOTIFICATION_SECONDS,
} from "../../../../functions/core/approvals/notifications.ts";
import { CONSENT } from "../../../../functions/core/policy/needed-votes.ts";
import { aRecord } from "../../../fakes/samples/approval.ts";
import { aTask } from "../../../fakes/samples/task.ts";

const T = 1_795_000_000;
const { task: TASK } = aTask();
const idOf = (name: string) => approvalId(name.padEnd(16, "0"));
const request = (name: string, createdAt = T) => ({
  id: idOf(name),
  created_at: createdAt,
  expires_at: createdAt + 900,
});

test("A message to a group's channel names the votes of groups, and not the person's own", () => {
  const needed = [CONSENT, { group: "sre", count: 2 }];
  const record = aRecord(TASK, { needed, person: { issuer: "staff", value: "pat" } });
  const message = notificationMessage({ fresh: [record], reminders: [], uses: [] }, "https://console.test");
  expect(message?.requests[0]?.needed).toBe("sre=2");
});

describe("messages about requests", () => {
  test("A new request is announced at once", () => {
    const waiting = [request("a")];
    expect(dueNotification(waiting, undefined, T)).toEqual({ fresh: waiting, reminders: [], uses: [] });
  });

  test("Requests within a minute of a message wait for the next one, which names all of them", () => {
    const announced = announcedWith(undefined, { fresh: [request("a")], reminders: [], uses: [] }, T);
    const waiting = [request("a"), request("b", T + 5), request("c", T + 9)];
    expect(dueNotification(waiting, announced, T + NOTIFICATION_SECONDS - 1)).toBeUndefined();
    expect(dueNotification(waiting, announced, T + NOTIFICATION_SECONDS)?.fresh.map(({ id }) => id)).toEqual(
      ["b", "c"].map(idOf),
    );
  });

  test("One reminder comes at half of the time", () => {
    const announced = announcedWith(undefined, { fresh: [request("a")], reminders: [], uses: [] }, T);
    expect(dueNotification([request("a")], announced, T + 449)).toBeUndefined();
    const due = dueNotification([request("a")], announced, T + 450);
    expect(due).toEqual({ fresh: [], reminders: [request("a")], uses: [] });
    const reminded = announcedWith(announced, due ?? { fresh: [], reminders: [], uses: [] }, T + 450);
    expect(dueNotification([request("a")], reminded, T + 800)).toBeUndefined();
  });

  test("However many requests come, a minute has one message, and each request is named twice at most", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(3_600), seconds: fc.integer({ min: 60, max: 1_800 }) }), { maxLength: 30 }),
        (asked) => {
          const requests = asked.map(({ at, seconds }, index) => ({
            ...{ id: idOf(`r${index}x`), created_at: T + at, expires_at: T + at + seconds },
          }));
          let announced: Announced | undefined;
          const sentAt: number[] = [];
          const named = new Map<string, number>();
          for (let now = T; now < T + 5_400; now += 7) {
            const waiting = requests.filter(({ created_at, expires_at }) => created_at <= now && now < expires_at);
            const due = dueNotification(waiting, announced, now);
            if (!due) continue;
            announced = announcedWith(announced, due, now);
            sentAt.push(now);
            for (const { id } of [...due.fresh, ...due.reminders]) named.set(id, (named.get(id) ?? 0) + 1);
          }
          for (const [index, at] of sentAt.entries())
            if (index > 0) expect(at - (sentAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(NOTIFICATION_SECONDS);
          for (const times of named.values()) expect(times).toBeLessThanOrEqual(2);
          // longer than two pauses: such a request is never missed
          for (const { id, created_at, expires_at } of requests)
            if (expires_at - created_at > 2 * NOTIFICATION_SECONDS) expect(named.has(id)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("messages about uses of a standing approval", () => {
  const used = (use: number) => ({ record: request("a"), use, until: T + 86_400 });

  test("Each use is announced once, and the latest of several within a minute", () => {
    const first = dueNotification([], undefined, T, [used(1)]);
    expect(first).toEqual({ fresh: [], reminders: [], uses: [used(1)] });
    const announced = announcedWith(undefined, first ?? { fresh: [], reminders: [], uses: [] }, T);
    expect(dueNotification([], announced, T + NOTIFICATION_SECONDS, [used(1)])).toBeUndefined();
    expect(dueNotification([], announced, T + NOTIFICATION_SECONDS, [used(3)])?.uses).toEqual([used(3)]);
    expect(dueNotification([], announced, T + 86_400, [used(3)])).toBeUndefined();
  });

  test("The message has the number of the use, and how to end the approval; a request has the number of uses", () => {
    const record = aRecord(TASK, { standing: { uses: 5, window: 7 * 86_400, shape: "s" } });
    const messageOf = (due: Parameters<typeof notificationMessage>[0]) => {
      const message = notificationMessage(due, "https://console.example.com");
      return message ? slackText(message, T) : "";
    };
    const use = { record, use: 2, until: T + 86_400 };
    expect(messageOf({ fresh: [], reminders: [], uses: [use] })).toMatch(
      /was given a key under its standing approval by sre: use 2 of 5\.[\s\S]*look and withdraw>/,
    );
    expect(messageOf({ fresh: [record], reminders: [], uses: [] })).toMatch(
      /asks for an approval by sre\.\n\*It asks for 5 uses within 168 h, without asking again\.\*\n/,
    );
  });
});

describe("I9f: a message in Slack", () => {
  const textFor = (purpose: string, agent = {}) => {
    const record = aRecord(TASK, { purpose });
    const named = { ...record, agent: { ...record.agent, ...agent } };
    const message = notificationMessage({ fresh: [named], reminders: [], uses: [] }, "https://console.example.com");
    return message ? slackText(message, record.created_at) : "";
  };

  test("links to the page, and has no other link", () => {
    const text = textFor("see <https://evil.example.com|the ticket> & <!channel> `x` *now*");
    expect(text).toMatch(/<https:\/\/console\.example\.com\/approvals\/[\w-]+\|look and decide>/);
    expect(text.match(/<[^>]*>/g)).toHaveLength(1);
    expect(text).toContain("`see &lt;https://evil.example.com|the ticket&gt; &amp; &lt;!channel&gt; 'x' *now*`");
  });

  test("leaves an agent's text in one code span, whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (purpose) => {
        const line = textFor(purpose).split("The agent writes: ")[1]?.split("\n")[0] ?? "";
        expect(line.startsWith("`") && line.endsWith("`")).toBe(true);
        expect(line.slice(1, -1)).not.toMatch(/[`<>\p{C}]/u);
      }),
    );
  });

  test("escapes the agent's name and team, in which Slack makes no links and formats", () => {
    const text = textFor("p", { name: "<!here> *x* https://evil.example.com `y`", team: "a&b" });
    expect(text).toContain("`&lt;!here&gt; *x* https://evil.example.com 'y'` (team `a&amp;b`)");
  });

  test("lists five requests and counts the others", () => {
    const requests = Array.from({ length: 8 }, (_, index) => ({ ...aRecord(TASK), id: idOf(`r${index}`) }));
    const message = notificationMessage(
      { fresh: requests.slice(0, 6), reminders: requests.slice(6), uses: [] },
      "https://c.example",
    );
    expect(message?.requests).toHaveLength(5);
    expect(message && slackText(message, T)).toContain("3 more: <https://c.example/approvals|all requests>");
  });
});
