import { describe, expect, test } from "vitest";
import { policiesAt, stateAt } from "../../../client/audit/state-at.ts";
import { unknownsOf } from "../../../client/audit/who-could/unknowns.ts";
import type { EventType, JournalName } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { type ParsedArn, parseArn } from "../../../functions/core/catalogue/arn.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { type Facts, linkEvent } from "../../../functions/core/journal/event.ts";

const START = Date.UTC(2027, 0, 1);
const event = (journal: JournalName, of: string, type: EventType, second: number, facts: Facts = {}, n = 0) =>
  ({
    journal,
    ...linkEvent({ n, hash: "" }, of, type, START + second * 1_000, { by: "staff|ann", ...facts }),
  }) satisfies ArchivedEvent;
const registered = (id: string, second: number, facts: Facts = {}) =>
  event("agents", id, "agent.registered", second, { team: "data", labels: [], bindings: [], ...facts });
const statusesAt = (events: readonly ArchivedEvent[], second: number) =>
  stateAt(events, START + second * 1_000).agents.map(({ id, status }) => `${id} ${status}`);

describe("stateAt", () => {
  const life = [
    registered("ci", 1),
    event("agents", "ci", "agent.suspended", 2),
    event("agents", "ci", "agent.resumed", 3),
    event("agents", "ci", "agent.offboarding", 4),
    event("agents", "ci", "agent.unbound", 5),
    event("agents", "ci", "agent.offboarded", 6),
  ];

  test.each([
    [0, []],
    [1, ["ci active"]],
    [2, ["ci suspended"]],
    [3, ["ci active"]],
    [4, ["ci offboarding"]],
    [6, ["ci offboarded"]],
  ])("has the status of second %i, that moment included, whatever the order of the log", (second, statuses) => {
    expect(statusesAt(life.toReversed(), second)).toEqual(statuses);
  });

  test("names the event by which a status began, and not a later one of the same status", () => {
    const again = [...life.slice(0, 2), event("agents", "ci", "agent.suspended", 3, { again: true, reason: "x" }, 2)];
    expect(stateAt(again, START + 9_000).agents[0]?.since).toMatchObject({ event: "agents ci event 1" });
  });

  test("takes team, labels and owner of the last change, and no label where that has none", () => {
    const events = [
      registered("ci", 1, { owner: "staff|bob", labels: ["trainee"] }),
      event("agents", "ci", "agent.changed", 2, { team: "ops" }),
    ];
    expect(stateAt(events, START + 1_000).agents).toMatchObject([{ owner: "staff|bob", labels: ["trainee"] }]);
    const [changed] = stateAt(events, START + 2_000).agents;
    expect(changed).toMatchObject({ team: "ops" });
    expect(changed).not.toHaveProperty("owner");
    expect(changed).not.toHaveProperty("labels");
  });

  test("says where the log begins after the registration", () => {
    const events = [event("agents", "ci", "agent.confirmed", 1)];
    expect(stateAt(events, START + 1_000).agents).toMatchObject([{ id: "ci", status: "active", isWhole: false }]);
  });

  test("reads panics and halts of accounts out of their own journals alone", () => {
    const events = [
      event("deployment", "panic", "panic.declared", 1, { reason: "drill" }),
      event("tasks", "account", "account.halted", 1, { account: "111122223333" }),
      event("agents", "x", "panic.lifted", 2),
      event("agents", "x", "account.lifted", 2, { account: "111122223333" }),
      event("deployment", "panic", "panic.lifted", 3),
      event("tasks", "account", "account.lifted", 3, { account: "111122223333" }),
    ];
    const at = (second: number) => stateAt(events, START + second * 1_000);
    expect([at(2).panic?.reason, [...at(2).halted.keys()]]).toEqual(["drill", ["111122223333"]]);
    expect([at(3).panic, at(3).halted.size]).toEqual([undefined, 0]);
  });
});

describe("policiesAt", () => {
  test("finds the nearest events that name policies, by their time", () => {
    const events = [registered("b", 9, { bundle: "two" }), registered("a", 1, { bundle: "one" }), registered("c", 5)];
    const hashes = (second: number) => {
      const { before, after } = policiesAt(events, START + second * 1_000);
      return [before?.hash, after?.hash];
    };
    expect([hashes(0), hashes(1), hashes(8), hashes(9)]).toEqual([
      [undefined, "one"],
      ["one", "two"],
      ["one", "two"],
      ["two", undefined],
    ]);
  });
});

describe("unknownsOf", () => {
  const archive = { events: [], verdict: "intact", faults: [], restored: [], cuts: [] };
  const unknowns = (events: readonly ArchivedEvent[], deployment: object = { accounts: [] }, more: object = {}) =>
    unknownsOf({
      archive: { ...archive, events, ...more } as never,
      state: stateAt(events, START + 5_000),
      policies: policiesAt(events, START + 5_000),
      deployment: deployment as Deployment,
      atMs: START + 5_000,
      arn: parseArn("arn:aws:s3:::acme-data/a.csv") as ParsedArn,
    });

  test.each([
    ["that the log ends earlier", [registered("a", 1, { bundle: "one" })], "The log ends at 2027-01-01T00:00:01.000Z,"],
    ["a registration that is not in the log", [event("agents", "a", "agent.confirmed", 1)], "The registration of a is"],
    ["an owner who is no person", [registered("a", 1)], "The owner of a is no person"],
    ["policies that are named only later", [registered("a", 9, { bundle: "two" })], "No event up to the moment names"],
    ["pauses", [event("tasks", "d", "escalation.detected", 1, { paused_for: "staff|eve" })], "Agents were paused for"],
    ["that the ARN has no account", [registered("a", 9)], "The ARN names no account"],
  ])("names %s", (_, events, sentence) => {
    expect(unknowns(events)).toContainEqual(expect.stringContaining(sentence));
  });

  test.each([
    ["production accounts", { accounts: [{ id: "1", production: true }], threatModels: {} }, {}, "The accounts 1 are"],
    ["accounts of an organization", { accounts: [], organization: {} }, {}, "Accounts that joined by the organization"],
    [
      "faults of the log",
      undefined,
      { verdict: "incomplete", faults: [{ what: "tasks a" }] },
      "incomplete: 1 faults, o",
    ],
    ["a restore", undefined, { restored: ["2027"], cuts: [{ journal: "tasks a" }] }, "The table was restored at 2027"],
  ])("names %s", (_, deployment, more, sentence) => {
    expect(unknowns([], deployment, more)).toContainEqual(expect.stringContaining(sentence));
  });

  test("says of a whole log no more than the upper bound, the connectors and the account", () => {
    const events = [
      registered("a", 1, { owner: "staff|bob", bundle: "one" }),
      registered("b", 9, { owner: "staff|bob", bundle: "one" }),
    ];
    expect(unknowns(events)).toEqual([
      expect.stringMatching(/^Could is an upper bound/),
      expect.stringMatching(/^Secrets, logins and tools are granted by name/),
      expect.stringMatching(/^The ARN names no account/),
    ]);
  });
});
