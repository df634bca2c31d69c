import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../../contract/limits.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { Agent } from "../../../../functions/core/identity/agent.ts";
import { EMPTY_CHAIN, headOf, type JournalEvent, linkEvent } from "../../../../functions/core/journal/event.ts";
import { closesAt } from "../../../../functions/core/offboarding/closes-at.ts";
import { reportOffboarding } from "../../../../functions/core/offboarding/report-offboarding.ts";
import {
  countSecrets,
  gatherSecrets,
  isToBeAsked,
  reportSecret,
} from "../../../../functions/core/offboarding/report-secret.ts";
import { activeOf, isOpen, type ReportedTask, reportTask } from "../../../../functions/core/offboarding/report-task.ts";
import type { SecretState, SeenSecret } from "../../../../functions/core/secrets/secret-lock.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import type { Task } from "../../../../functions/core/tasks/task.ts";

const NOW = 1_795_521_600;
const PATH = "k7f3m2q9x4ab." as TaskPath;
const FENCE = NOW + 900;
/** Just past the fence by every clock. */
const OVER = FENCE + 301;

function ended(changed: Partial<Task> = {}): { readonly task: Task; readonly events: readonly JournalEvent[] } {
  const opened = linkEvent(EMPTY_CHAIN, PATH, "task.opened", NOW * 1_000, {});
  const replaces = { name: "aws-0", replaces_access_key_id: "ASIA1" };
  const renewed = linkEvent(headOf(opened), PATH, "lease.renewed", NOW * 1_000, { lease: replaces });
  const other = linkEvent(headOf(renewed), PATH, "lease.renewed", NOW * 1_000, { lease: { name: "aws-1" } });
  const end = linkEvent(headOf(other), PATH, "task.ended", NOW * 1_000 + 500, { by: "staff|alice" });
  const task: Task = {
    path: PATH,
    agent: agentId("reporter"),
    subject: "robots|reporter",
    facts: { claims: {} },
    purpose: "a report",
    details: [],
    leases: [
      {
        name: "aws-0",
        account: accountId("111122223333"),
        role: "valetkey-task-0",
        detail: 0,
        state: "issued",
        event: 2,
        startedAt: NOW,
        fenceAt: FENCE,
        accessKeyId: "ASIA2",
      },
    ],
    status: "completed",
    openedAt: NOW,
    expiresAt: FENCE,
    tokens: [],
    presentations: [],
    delegations: [],
    chain: headOf(end),
    seal: "seal",
    ...changed,
  };
  return { task, events: [opened, renewed, other, end] };
}

const reported = (changed: Partial<Task> = {}, at = OVER, events = ended().events): ReportedTask | undefined =>
  reportTask(PATH, { tasks: [ended(changed).task], events }, at)[0];

describe("a report's state of a task", () => {
  it.each([
    ["completed", "revoked"],
    ["revoked", "revoked"],
    ["withdrawn", "revoked"],
    ["expired", "expired"],
    ["active", "unknown"],
  ] as const)("that is %s: %s", (status, fate) => {
    expect(reported({ status })?.status).toBe(fate);
  });

  it("is there where only credentials of connectors were issued again", () => {
    const { task, events } = ended();
    const [opened] = events;
    if (!opened) throw new Error("no event");
    const credentials = [{ name: "postgres-0", type: "postgres", expires_at: FENCE }];
    const renewed = linkEvent(headOf(opened), PATH, "lease.renewed", NOW * 1_000, { connector_leases: credentials });
    const end = linkEvent(headOf(renewed), PATH, "task.ended", NOW * 1_000 + 500, { by: "staff|alice" });
    const [report] = reportTask(PATH, { tasks: [task], events: [opened, renewed, end] }, OVER);
    expect(report?.leases).toMatchObject([{ name: "aws-0", access_key_ids: ["ASIA2"], status: "expired" }]);
  });

  it("has the ending's event as its evidence, and when and by whom", () => {
    const end = ended().events.at(-1);
    expect(reported()).toMatchObject({
      at: "2026-11-24T12:00:00Z",
      ended: "completed",
      by: "staff|alice",
      evidence: { of: PATH, event: 4, type: "task.ended", hash: end?.hash },
    });
  });

  it("is unknown where its chain of events is not whole, or has no end; and its leases with it", () => {
    const { events } = ended();
    const changed = events.map((event) => (event.n === 2 ? { ...event, at: event.at + 1 } : event));
    for (const wrong of [changed, events.slice(0, 3), events.slice(1), []]) {
      expect(reported({}, OVER, wrong)?.status).toBe("unknown");
    }
    expect(reported({}, OVER, changed)?.leases[0]?.status).toBe("unknown");
  });

  it("is unknown where there is no such task", () => {
    expect(reportTask(PATH, { tasks: [], events: [] }, OVER)).toEqual([{ task: PATH, status: "unknown", leases: [] }]);
  });

  it("covers the tasks below it too", () => {
    const child = { ...ended().task, path: `${PATH}c1x9.` as TaskPath, agent: agentId("helper") };
    const { task, events } = ended();
    const both = reportTask(PATH, { tasks: [task, child], events }, OVER);
    expect(both.map((each) => [each.task, each.agent, each.status])).toEqual([
      [PATH, "reporter", "revoked"],
      [child.path, "helper", "unknown"],
    ]);
  });
});

describe("the active ones of a record", () => {
  it("are those that nobody has ended", () => {
    const active = ended({ status: "active" }).task;
    expect(activeOf({ tasks: [active, ended().task], events: [] })).toEqual([active]);
  });
});

describe("a report's state of a lease", () => {
  it.each([
    ["before its fence", FENCE - 1, "unknown"],
    ["five minutes past it", FENCE + 300, "unknown"],
    ["after that", OVER, "expired"],
  ])("%s: %s %s", (_, at, fate) => {
    expect(reported({}, at)?.leases[0]?.status).toBe(fate);
  });

  it("names every key, and the event that recorded its fence", () => {
    expect(reported()?.leases[0]).toMatchObject({
      access_key_ids: ["ASIA1", "ASIA2"],
      fence_at: "2026-11-24T12:15:00Z",
      at: "2026-11-24T12:15:00Z",
      evidence: { event: 2, type: "lease.renewed" },
    });
  });

  it("that was never handed out has no key", () => {
    const [{ accessKeyId: _, ...lease } = { accessKeyId: "" }] = ended().task.leases;
    const { events } = ended();
    const leases = [{ ...lease, name: "aws-5" }] as Task["leases"];
    expect(reported({ leases }, OVER, events)?.leases[0]).toMatchObject({ access_key_ids: [] });
  });

  it("whose issue is not in the journal is unknown", () => {
    const [lease] = ended().task.leases;
    expect(reported({ leases: lease ? [{ ...lease, event: 9 }] : [] })?.leases[0]).toMatchObject({ status: "unknown" });
  });
});

const seen: SeenSecret = { name: "reports/key", arn: "arn", holder: `${PATH}#secret-0`, until: NOW + 5_000 };
const known: SecretState = { name: "reports/key", arn: "arn", status: "free", rotates: false };
const evidenceAt = (at: number) => ({ at, event: 3, hash: "h" });

describe("a report's state of a secret", () => {
  const cases: readonly (readonly [string, Partial<SecretState> | undefined, number | undefined, object])[] = [
    ["nobody has requested", undefined, FENCE, { status: "pending_rotation", known_until: "2026-11-24T12:15:00Z" }],
    ["is known until its lease ends, before fences are known", {}, undefined, { known_until: "2026-11-24T13:23:20Z" }],
    ["waits", { askedAt: FENCE + 1 }, FENCE, { status: "pending_rotation", asked_at: "2026-11-24T12:15:01Z" }],
    ["was rotated without an end of what was before", { lastRotatedAt: OVER }, FENCE, { status: "pending_rotation" }],
    ["was rotated while it could be read", { retired: evidenceAt(FENCE + 4) }, FENCE, { status: "pending_rotation" }],
    [
      "was rotated",
      { retired: evidenceAt(FENCE + 5), declined: evidenceAt(FENCE) },
      FENCE,
      {
        status: "rotated",
        at: "2026-11-24T12:15:05Z",
        evidence: { of: "reports/key", event: 3, type: "secret.rotated", hash: "h" },
      },
    ],
    [
      "could not be rotated before it was read",
      { declined: evidenceAt(FENCE - 1) },
      FENCE,
      { status: "pending_rotation" },
    ],
    [
      "cannot be rotated",
      { declined: evidenceAt(FENCE) },
      FENCE,
      { status: "not_rotated", evidence: { type: "secret.rotation_declined" } },
    ],
  ];
  it.each(cases)("that %s", (_, state, closes, expected) => {
    const reported = reportSecret(seen, state && { ...known, ...state }, closes);
    expect(reported).toMatchObject({ secret: "reports/key", task: PATH, ...expected });
    expect(reported.evidence === undefined).toBe(reported.at === undefined);
  });

  it("is given by name, under the state of the one that needs most", () => {
    const named = (name: string, state: Partial<SecretState>) =>
      reportSecret({ ...seen, name }, { ...known, ...state }, FENCE);
    const [rotated, left, waits] = [
      named("c", { retired: evidenceAt(OVER) }),
      named("b", { declined: evidenceAt(OVER) }),
      named("a", {}),
    ];
    expect(gatherSecrets([rotated, left, waits])).toEqual({
      status: "pending_rotation",
      entries: [waits, left, rotated],
    });
    expect([gatherSecrets([rotated, left]), gatherSecrets([rotated]), gatherSecrets([])]).toMatchObject([
      { status: "not_rotated" },
      { status: "rotated" },
      { status: "none_held" },
    ]);
    expect(countSecrets([rotated, left, waits, waits])).toEqual({ rotated: 1, pending_rotation: 2, not_rotated: 1 });
  });

  const requests: readonly (readonly [string, Partial<SecretState> | undefined, number, boolean])[] = [
    ["while a session can read it", undefined, FENCE, false],
    ["after that", undefined, FENCE + 1, true],
    ["where somebody wants less", { askedAt: NOW }, FENCE + 1, true],
    ["twice", { askedAt: NOW, retires: true }, FENCE + 1, false],
    ["where it waits after its use already", { status: "pending_rotation" }, FENCE + 1, false],
    [
      "where it will, since its own lease holds it",
      { status: "held", rotates: true, holder: seen.holder },
      FENCE + 1,
      false,
    ],
    ["where somebody else has it", { status: "held", rotates: true, holder: "other" }, FENCE + 1, true],
    ["where its own lease holds it, and it stays", { status: "held", holder: seen.holder }, FENCE + 1, true],
    ["once it was rotated", { retired: evidenceAt(FENCE + 5) }, OVER, false],
    ["once it is left to a person", { declined: evidenceAt(FENCE) }, OVER, false],
  ];
  it.each(requests)("a rotation is requested %s: %s, at %s: %s", (_, state, at, is) => {
    expect(isToBeAsked(seen, state && { ...known, ...state }, FENCE, at)).toBe(is);
  });
});

describe("a report", () => {
  const registered = linkEvent(EMPTY_CHAIN, "reporter", "agent.registered", NOW * 1_000, { by: "staff|alice" });
  const claims = { sub: "agent:reporter" };
  const leaving = linkEvent(headOf(registered), "reporter", "agent.offboarding", NOW * 1_000, {
    by: "hr",
    reason: "project ended",
  });
  const unbound = linkEvent(headOf(leaving), "reporter", "agent.unbound", NOW * 1_000, {
    by: "hr",
    bindings: [{ issuer: "robots", claims }],
  });
  const listed = linkEvent(headOf(unbound), "reporter", "agent.tasks_listed", NOW * 1_000, { tasks: [] });
  const history = [registered, leaving, unbound, listed];
  const agent: Agent = {
    id: agentId("reporter"),
    name: "Reporter",
    owner: "ada",
    team: "data",
    bindings: [],
    status: "offboarding",
    limits: DEFAULT_LIMITS,
    createdAt: NOW,
    chain: headOf(unbound),
  };
  const over = reported() as ReportedTask;
  const none = { tasks: 0 };
  const noSecrets = gatherSecrets([]);

  it("is complete where nothing is open and nothing can come to light", () => {
    expect(reportOffboarding(agent, history, [over], noSecrets, none, OVER - 1, OVER)).toMatchObject({
      complete: true,
      agent: { id: "reporter", owner: "ada" },
      bindings: [{ issuer: "robots", claims, status: "revoked", evidence: { event: 3 } }],
      steps: [
        { step: "agent.registered", by: "staff|alice" },
        { step: "agent.offboarding", by: "hr", reason: "project ended" },
        { step: "agent.unbound" },
        { step: "agent.tasks_listed" },
      ],
      totals: { tasks: { revoked: 1 }, leases: { expired: 1 }, bindings: { revoked: 1 } },
      child_agents: [],
    });
  });

  const open: readonly (readonly [string, Parameters<typeof reportOffboarding>])[] = [
    ["a task is not over", [agent, history, [{ ...over, status: "unknown" }], noSecrets, none, OVER - 1, OVER]],
    [
      "a lease could not be revoked",
      [
        agent,
        history,
        [
          {
            ...over,
            leases: over.leases.flatMap((lease) => ("role" in lease ? [{ ...lease, status: "failed" as const }] : [])),
          },
        ],
        noSecrets,
        none,
        OVER - 1,
        OVER,
      ],
    ],
    [
      "it is still bound",
      [{ ...agent, bindings: [{ issuer: "robots", claims }] }, history, [], noSecrets, none, OVER - 1, OVER],
    ],
    ["its tasks have not been listed", [agent, history, [over], noSecrets, none, undefined, OVER]],
    ["a vend may be under way", [agent, history, [over], noSecrets, none, OVER, OVER]],
    [
      "a task that is not listed may have a session",
      [agent, history, [over], noSecrets, { tasks: 1, openUntil: OVER }, 0, OVER],
    ],
    [
      "it knows a secret that is in force",
      [agent, history, [over], gatherSecrets([reportSecret(seen, undefined, OVER)]), none, OVER - 1, OVER],
    ],
    ["its own chain is not whole", [agent, history.slice(1), [over], noSecrets, none, OVER - 1, OVER]],
  ];
  it.each(open)("is not complete while %s", (_, given) => {
    expect(reportOffboarding(...given).complete).toBe(false);
  });

  it("is complete though valetkey does not rotate a secret that it knows, and names the secret", () => {
    const state = { ...known, declined: { at: FENCE, event: 2, hash: "h" } };
    const secrets = gatherSecrets([reportSecret(seen, state, FENCE)]);
    expect(reportOffboarding(agent, history, [over], secrets, none, OVER - 1, OVER)).toMatchObject({
      complete: true,
      secrets: { status: "not_rotated" },
      totals: { secrets: { rotated: 0, pending_rotation: 0, not_rotated: 1 } },
    });
  });

  it("names the other agents below its tasks, once each", () => {
    const below = [
      over,
      { ...over, agent: agentId("zoe") },
      { ...over, agent: agentId("abe") },
      { ...over, agent: agentId("zoe") },
    ];
    const { agent: _, ...nobody } = over;
    const report = reportOffboarding(
      agent,
      history,
      [...below, nobody],
      noSecrets,
      { tasks: 2, openUntil: NOW },
      0,
      OVER,
    );
    expect(report.child_agents).toEqual(["abe", "zoe"]);
    expect(report.left_out).toEqual({ tasks: 2, last_fence_at: "2026-11-24T12:00:00Z" });
  });

  it("calls what failed and what is not known open", () => {
    expect((["revoked", "expired", "failed", "unknown"] as const).map(isOpen)).toEqual([false, false, true, true]);
  });
});

describe("when an offboarding can be signed off", () => {
  const halted = { at: NOW, by: "hr" };
  it.each([
    ["nobody knows before its tasks are listed", { halted }, undefined],
    ["nobody knows of an agent that stays", { offboarding: { listedAt: NOW } }, undefined],
    ["once no vend can be under way", { halted, offboarding: { listedAt: NOW } }, NOW + 15],
    [
      "once the last fence has passed by every clock",
      { halted, offboarding: { listedAt: NOW, lastFenceAt: FENCE } },
      FENCE + 300,
    ],
    ["not before the first of these", { halted, offboarding: { listedAt: NOW, lastFenceAt: NOW - 300 } }, NOW + 15],
  ])("%s", (_, agent, at) => {
    expect(closesAt(agent)).toBe(at);
  });
});
