import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { type RequestedApproval, VOID_NONCE } from "../../../functions/core/approvals/approvals.ts";
import { REVIEW_SECONDS } from "../../../functions/core/approvals/break-glass.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { personId } from "../../../functions/core/identity/person.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aRecord, aRequest, aStoredVote, aUseOf } from "../../fakes/samples/approval.ts";
import { aKey, aLease, aTask, aUse, ENDING, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const LISTED_UNTIL = 2_000_000_000;
const INBOX = { issuer: "staff", group: "sre" } as const;
const DENIED = { decision: "denied", by: { issuer: "staff", value: "bob" }, at: NOW, reason: "not now" } as const;

/** Makes an event of its own chain, as `approve` records a vote. */
const anEvent = () => linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "approval.voted", NOW * 1_000, {});

/** Contract of a request for approval: recorded, voted on, used once or denied. */
export function approvalsContract(store: () => TestedStore): void {
  const approvals = () => store().approvals;
  const ballots = () => store().ballots;

  /** A waiting task as it is read, with its request. */
  async function waitingTask(changed: Partial<RequestedApproval> = {}, task: Partial<Task> = {}) {
    const { task: waiting, event } = aTask({ leases: [], ...task });
    const requested = aRequest(waiting, changed);
    await approvals().open(waiting, event, aUse(), undefined, undefined, requested);
    return { task: await store().reread(waiting), requested, id: requested.record.id };
  }
  const used = (task: Task): Task => ({
    ...task,
    leases: [aLease(0, { event: 2 })],
    openedAt: NOW + 60,
    expiresAt: NOW + 960,
    seal: "sealed anew",
    ...(task.movesUntil === undefined ? {} : { movesUntil: task.movesUntil + 60 }),
  });
  const signIn = (nonce = "nonce", value = `person-${randomBytes(4).toString("hex")}`) => ({
    person: { issuer: "staff", value },
    signedInAt: NOW + 30,
    nonce,
  });

  describe("requesting an approval", () => {
    it("writes the task and the request, and lists it in the inbox and for its agent, in one transaction", async () => {
      const { task, requested, id } = await waitingTask();
      const { record, key } = requested;
      expect(await approvals().read(id)).toEqual({ record, uses: [] });
      expect(recordHash((await approvals().read(id)).record ?? record)).toBe(requested.hash);
      const waiting = { id, hash: requested.hash, agent: task.agent, task: task.path, expiresAt: record.expires_at };
      expect(await ballots().listWaiting(INBOX, NOW)).toContainEqual(waiting);
      const { created_at: createdAt, expires_at: expiresAt } = record;
      const listed = { id, task: task.path, key, groups: ["sre"], createdAt, expiresAt };
      expect(await approvals().listed(task.agent, undefined, NOW - 60)).toEqual([listed]);
      expect(await approvals().listed(task.agent, undefined, NOW + 60)).toEqual([]);
      expect(await approvals().latest(task.agent, key)).toEqual({ id, task: task.path });
      expect(await approvals().latest(task.agent, "another")).toBeUndefined();
      expect(await store().live(task)).toEqual([task.path]);
    });

    it("lists all requests for one person, and for nobody, however many there are for others", async () => {
      const agent = agentId(`assistant-${randomBytes(4).toString("hex")}`);
      const ask = async (value: string | undefined, createdAt: number) => {
        const person = value === undefined ? undefined : { issuer: "staff", value };
        const { task, event } = aTask({ agent, leases: [] });
        const record = aRecord(task, { created_at: createdAt, ...(person ? { person } : {}) });
        await approvals().open(task, event, aUse(), undefined, undefined, aRequest(task, { record }));
        return record.id;
      };
      const own = await ask(undefined, NOW - 40);
      const pats = [await ask("pat", NOW - 30), await ask("pat", NOW - 20)];
      for (let nth = 0; nth < 70; nth += 1) await ask("kim", NOW - 10);
      const ids = async (value: string | undefined) => {
        const person = value === undefined ? undefined : { issuer: "staff", value };
        return (await approvals().listed(agent, person, NOW - 60)).map(({ id }) => id);
      };
      expect(await ids(undefined)).toEqual([own]);
      expect(await ids("pat")).toEqual(pats.toReversed());
      expect(await ids("kim")).toHaveLength(70);
      expect(await ids("sam")).toEqual([]);
      expect(await approvals().countForPeople(agent, NOW - 60, 100)).toBe(72);
      expect(await approvals().countForPeople(agent, NOW - 60, 50)).toBe(50);
      expect(await approvals().countForPeople(agent, NOW - 15, 100)).toBe(70);
    });

    it("lists the requests of a span for approvers, the latest first, up to a bound", async () => {
      const agent = agentId(`assistant-${randomBytes(4).toString("hex")}`);
      const ask = async (createdAt: number, person?: { readonly issuer: string; readonly value: string }) => {
        const { task, event } = aTask({ agent, leases: [] });
        const record = aRecord(task, { created_at: createdAt, ...(person ? { person } : {}) });
        const request = aRequest(task, { record, key: `key ${createdAt}` });
        await approvals().open(task, event, aUse(), undefined, undefined, request);
        return { id: record.id, key: request.key };
      };
      const before = await ask(NOW - 100);
      const [first, second, last] = [await ask(NOW - 60), await ask(NOW - 59), await ask(NOW - 30)];
      await ask(NOW - 29);
      const pats = await ask(NOW - 40, { issuer: "staff", value: "pat" });
      const list = async (most: number, from = NOW - 60, person?: { issuer: string; value: string }) =>
        (await ballots().listRequests(agent, person, { from, until: NOW - 30 }, most)).map(({ id, key }) => ({
          id,
          key,
        }));
      expect(await list(10)).toEqual([last, second, first]);
      expect(await list(2)).toEqual([last, second]);
      expect(await list(3)).toEqual([last, second, first]);
      expect(await list(10, 0)).toEqual([last, second, first, before]);
      expect(await list(10, 0, { issuer: "staff", value: "pat" })).toEqual([pats]);
    });

    it("is refused where the same was requested meanwhile, and then writes nothing", async () => {
      const { task, requested, id } = await waitingTask();
      const { task: second, event } = aTask({ agent: task.agent, leases: [] });
      const again = aRequest(second, { key: requested.key });
      const open = (request: RequestedApproval) =>
        approvals().open(second, event, aUse(), undefined, undefined, request);
      await expect(open(again)).rejects.toEqual(refused("contended"));
      await expect(open({ ...again, replaces: aRecord(second).id })).rejects.toEqual(refused("contended"));
      expect(await store().tasks.read(second.path)).toBeUndefined();
      expect(await approvals().read(again.record.id)).toEqual({ uses: [] });
      expect(await open({ ...again, replaces: id })).toEqual({ opened: true });
      expect(await approvals().latest(task.agent, requested.key)).toEqual({ id: again.record.id, task: second.path });
    });

    it("answers a repeated request with the first task", async () => {
      const { task, event } = aTask({ leases: [] });
      const requested = aRequest(task);
      const open = () => approvals().open(task, event, aUse(), aKey(task), undefined, requested);
      expect(await open()).toEqual({ opened: true });
      expect(await open()).toEqual({ repeats: task.path });
    });
  });

  describe("voting", () => {
    it("keeps a person's last vote only, and what the exchange needs of it", async () => {
      const { id } = await waitingTask();
      const [first, last, other] = [aStoredVote("alice", "one"), aStoredVote("alice", "two"), aStoredVote("bob", "b")];
      for (const vote of [first, last, other])
        expect(await ballots().putVote(id, vote, anEvent(), LISTED_UNTIL)).toBe("recorded");
      expect(await approvals().readVotes(id)).toEqual({ votes: [last, other] });
      expect(await ballots().readVotes(id)).toEqual({ votes: [last, other] });
      expect(await ballots().read(id)).toEqual(await approvals().read(id));
    });

    it("ends with a denial, which is returned with its reason", async () => {
      const { id } = await waitingTask();
      expect(await ballots().putOutcome(id, DENIED, anEvent(), 1)).toBe("recorded");
      expect(await ballots().putOutcome(id, { ...DENIED, decision: "withdrawn" }, anEvent(), 1)).toBe("decided");
      expect(await ballots().putVote(id, aStoredVote("alice", "late"), anEvent(), LISTED_UNTIL)).toBe("decided");
      expect(await approvals().readVotes(id)).toEqual({ votes: [], outcome: DENIED });
    });

    it("announces how people decided: a denial lasts, and a withdrawal takes the place of an approval", async () => {
      const [denied, withdrawn] = [await waitingTask(), await waitingTask()];
      expect(await approvals().readAnnounced(denied.id)).toBeUndefined();
      await ballots().putOutcome(denied.id, { ...DENIED, rejected: [0] }, anEvent(), 1);
      await ballots().announceApproved(denied.id, NOW);
      expect(await approvals().readAnnounced(denied.id)).toEqual(DENIED);
      await ballots().announceApproved(withdrawn.id, NOW);
      await ballots().announceApproved(withdrawn.id, NOW + 60);
      expect(await ballots().readAnnounced(withdrawn.id)).toEqual({ decision: "approved", at: NOW });
      await ballots().putOutcome(withdrawn.id, { ...DENIED, decision: "withdrawn" }, anEvent(), 1);
      expect(await approvals().readAnnounced(withdrawn.id)).toEqual({ ...DENIED, decision: "withdrawn" });
    });

    it("lists for each person their approvals, while one can be withdrawn", async () => {
      const [one, two] = [await waitingTask(), await waitingTask()];
      const person = { issuer: "staff", value: `giver-${one.id}` };
      await ballots().putVote(one.id, aStoredVote(person.value, "one"), anEvent(), NOW + 100);
      await ballots().putVote(two.id, aStoredVote(person.value, "two"), anEvent(), NOW + 200);
      await ballots().putVote(one.id, aStoredVote(person.value, "again"), anEvent(), NOW + 100);
      expect(await ballots().listGiven(person, NOW)).toMatchObject([{ id: one.id }, { id: two.id }]);
      expect(await ballots().listGiven(person, NOW + 100)).toMatchObject([{ id: two.id }]);
      expect(await ballots().listGiven({ ...person, issuer: "company" }, NOW)).toEqual([]);
    });

    it("lists for each person what they decided, each request once, by the latest decision", async () => {
      const [one, two] = [await waitingTask(), await waitingTask()];
      const person = { issuer: "staff", value: `decider-${one.id}` };
      const outcome = { by: person, at: NOW, reason: "no" };
      await ballots().putVote(one.id, aStoredVote(person.value, "one"), anEvent(), NOW + 100);
      await ballots().putOutcome(two.id, { ...outcome, decision: "denied" }, anEvent(), 1);
      await ballots().putOutcome(two.id, { ...outcome, decision: "withdrawn" }, anEvent(), 1);
      const of = async (whose: typeof person, after = 0) =>
        Object.fromEntries((await ballots().listOwn(whose, after)).map(({ id, decision }) => [id, decision]));
      expect(await of(person)).toEqual({ [one.id]: "approved", [two.id]: "denied" });
      expect(await of({ ...person, issuer: "company" })).toEqual({});
      expect(await of(person, 9_999_999_998)).toEqual({});
    });

    it("reads the longest votes of three groups, and no more votes than it may", async () => {
      const { id } = await waitingTask();
      for (let n = 0; n < 48; n += 1)
        await ballots().putVote(id, aStoredVote(`person-${n}`, "t".repeat(16_384)), anEvent(), LISTED_UNTIL);
      expect((await approvals().readVotes(id)).votes).toHaveLength(48);
      for (let n = 0; n < 260; n += 1)
        await ballots().putVote(id, aStoredVote(`person-${n}`, "t"), anEvent(), LISTED_UNTIL);
      expect((await approvals().readVotes(id)).votes).toHaveLength(256);
    });

    it("lists what waits up to the end of its time, and what a person gave: neither expired items, nor those of that second", async () => {
      const { requested, id } = await waitingTask();
      const { expires_at: expiresAt } = requested.record;
      const person = { issuer: "staff", value: `person-${randomBytes(4).toString("hex")}` };
      await ballots().putVote(id, { person, token: "t", hashes: ["hash"] }, anEvent(), expiresAt);
      for (const [atSeconds, ids] of [
        [expiresAt - 0.5, [id]],
        [expiresAt, []],
        [expiresAt + 0.5, []],
      ] as const) {
        const waiting = await ballots().listWaiting(INBOX, atSeconds);
        expect(waiting.filter((each) => each.id === id).map((each) => each.id)).toEqual(ids);
        expect((await ballots().listGiven(person, atSeconds)).map((each) => each.id)).toEqual(ids);
      }
    });

    it("removes a request from the inbox, and nothing else", async () => {
      const [one, two] = [await waitingTask(), await waitingTask()];
      const gone = { id: one.id, expiresAt: one.requested.record.expires_at };
      await ballots().removeWaiting(INBOX, gone);
      await ballots().removeWaiting(INBOX, gone);
      const ids = (await ballots().listWaiting(INBOX, NOW)).map(({ id }) => id);
      expect(ids).not.toContain(one.id);
      expect(ids).toContain(two.id);
    });
  });

  describe("using an approval", () => {
    it("gives the task its leases and its deadline, and records the use and the sign-ins, in one transaction", async () => {
      const { task, id } = await waitingTask();
      const [own, signed] = [aUseOf(task), signIn()];
      await approvals().use(task, used(task), id, own, [signed], eventOn(task, "approval.used"));
      const { leases, openedAt, expiresAt, seal, chain } = await store().reread(task);
      expect({ leases, openedAt, expiresAt, seal }).toEqual({
        leases: [aLease(0, { event: 2 })],
        openedAt: NOW + 60,
        expiresAt: NOW + 960,
        seal: "sealed anew",
      });
      expect(chain.n).toBe(2);
      expect((await approvals().read(id)).uses).toEqual([own]);
      expect(await approvals().noncesOf([signed, { ...signed, signedInAt: 1 }])).toEqual(["nonce", undefined]);
      expect(await store().entryOf(task)).toMatchObject({ path: task.path, openedAt: NOW + 60, expiresAt: NOW + 960 });
      expect(await ballots().putOutcome(id, DENIED, anEvent(), 1)).toBe("used");
      expect(await ballots().putVote(id, aStoredVote("late", "t"), anEvent(), LISTED_UNTIL)).toBe("used");
      const found = { at: NOW, changed: ["ttl"] } as const;
      const late = approvals().recordVoid(await store().reread(task), id, found, eventOn(await store().reread(task)));
      await expect(late).rejects.toEqual(refused("contended"));
    });

    it("moves the latest deadline of a task for a person", async () => {
      const onBehalf = { issuer: "staff", value: "pat", groups: [], isFirst: false, provenAt: NOW };
      const { task, id } = await waitingTask({}, { onBehalf, movesUntil: NOW + 900 });
      await approvals().use(task, used(task), id, aUseOf(task), [signIn()], eventOn(task, "approval.used"));
      expect(await store().reread(task)).toMatchObject({ movesUntil: NOW + 960, expiresAt: NOW + 960 });
    });

    it.each<readonly [string, (task: Task, id: ApprovalId) => Promise<unknown>]>([
      ["was denied", (_, id) => ballots().putOutcome(id, DENIED, anEvent(), 1)],
      ["is void", (task, id) => approvals().recordVoid(task, id, { at: NOW, changed: ["ttl"] }, eventOn(task))],
      ["is of a task that has ended", (task) => store().tasks.end(task, ENDING, eventOn(task, "task.ended"))],
      ["was used", (task, id) => approvals().use(task, used(task), id, aUseOf(task), [signIn()], eventOn(task))],
    ])("is refused where the approval %s, and then writes nothing", async (_, first) => {
      const { task, id } = await waitingTask();
      await first(task, id);
      const signed = signIn();
      const before = await store().reread(task);
      // Even for a record that somebody reset to active: the list of live tasks no longer has the task.
      const late = approvals().use(
        { ...before, status: "active" },
        used(task),
        id,
        aUseOf(task),
        [signed],
        eventOn(before),
      );
      await expect(late).rejects.toEqual(refused("contended"));
      expect(await store().reread(task)).toEqual(before);
      expect(await approvals().noncesOf([signed])).toEqual([undefined]);
    });

    it("is refused for a sign-in of a person whose votes were voided later, but not for a sign-in after that", async () => {
      const { task, id } = await waitingTask();
      const [before, after] = [signIn(), signIn()];
      const voided = (until: number) =>
        store().tasks.voidVotes(before.person, { deadUntil: until, by: "signal:risk" }, anEvent());
      expect(await voided(before.signedInAt)).toBe(true);
      expect(await voided(before.signedInAt)).toBe(false);
      expect(await approvals().noncesOf([before, after])).toEqual([VOID_NONCE, undefined]);
      const use = (signed: typeof before) =>
        approvals().use(task, used(task), id, aUseOf(task), [signed], eventOn(task, "approval.used"));
      await expect(use(before)).rejects.toEqual(refused("contended"));
      await use({ ...before, signedInAt: before.signedInAt + 1 });
    });

    it("is refused where the task has changed since it was read", async () => {
      const { task, id } = await waitingTask();
      await store().tasks.addToken(task, { hash: "more" }, eventOn(task), aUse());
      const late = approvals().use(task, used(task), id, aUseOf(task), [signIn()], eventOn(task));
      await expect(late).rejects.toEqual(refused("contended"));
      expect(await approvals().read(id)).toMatchObject({ uses: [] });
    });

    it("is refused where an account of the task is halted, but not once the halt is lifted", async () => {
      const { task, id } = await waitingTask();
      const halt = { account: accountId("222233334444"), at: NOW, by: "escalation:E3:x" };
      const after = { ...used(task), leases: [aLease(0, { event: 2, account: halt.account })] };
      const use = () => approvals().use(task, after, id, aUseOf(task), [signIn()], eventOn(task));
      await store().accountHalts.halt(halt);
      await expect(use()).rejects.toEqual(refused("contended"));
      expect(await approvals().read(id)).toMatchObject({ uses: [] });
      await store().accountHalts.lift(halt, halt, anEvent());
      await use();
      expect((await approvals().read(id)).uses).toHaveLength(1);
    });

    it("uses one sign-in for one nonce: repeats it, and refuses another nonce", async () => {
      const [one, batch, other] = [await waitingTask(), await waitingTask(), await waitingTask()];
      const signed = signIn("batch");
      const use = ({ task, id }: typeof one, nonce: string) =>
        approvals().use(task, used(task), id, aUseOf(task), [{ ...signed, nonce }], eventOn(task));
      await use(one, "batch");
      await use(batch, "batch");
      await expect(use(other, "another")).rejects.toEqual(refused("contended"));
    });

    it("I9c: counts the uses of a standing approval, lists the latest for its groups, and finds the approval under its key", async () => {
      const { task: first, event } = aTask({ leases: [] });
      const standing = { uses: 2, window: 86_400, shape: "shape" };
      const requested = aRequest(first, { record: aRecord(first, { standing }) });
      const { record, key } = requested;
      await approvals().open(first, event, aUse(), undefined, undefined, requested);
      // Nobody has approved it yet: an earlier one is not hidden.
      expect(await approvals().standing(first.agent, key)).toBeUndefined();
      const listing = { inboxes: [INBOX], until: NOW + 86_400 };
      const signed = signIn();
      const make = async (task: Task, n: number) => {
        const own = { ...aUseOf(task, { n }), hash: requested.hash };
        const place = { ...listing, ...(n === 1 ? { key } : {}) };
        await approvals().use(task, used(task), record.id, own, [signed], eventOn(task, "approval.used"), place);
        expect(await approvals().standing(first.agent, key)).toBe(record.id);
        expect(await approvals().standing(first.agent, "another")).toBeUndefined();
        const listed = (await ballots().listWaiting(INBOX, NOW)).filter(({ id, use }) => id === record.id && use);
        const entry = { id: record.id, hash: requested.hash, agent: first.agent, expiresAt: listing.until, use: n };
        expect(listed).toEqual([entry]);
      };
      await make(await store().reread(first), 1);
      const { task: second, event: opening } = aTask({ agent: first.agent, leases: [] });
      const open = (task: Task) => store().tasks.open(task, opening, aUse(), undefined, undefined);
      await open(second);
      const { task: third } = aTask({ agent: first.agent, leases: [] });
      await open({ ...third, chain: second.chain });
      await make(await store().reread(second), 2);
      await expect(make(await store().reread(third), 2)).rejects.toEqual(refused("contended"));
      expect((await approvals().read(record.id)).uses.map(({ n, task }) => [n, task])).toEqual([
        [1, first.path],
        [2, second.path],
      ]);
      expect(await ballots().putOutcome(record.id, DENIED, anEvent(), 2)).toBe("used");
    });

    it("I9c: makes no further use of a standing approval that was withdrawn", async () => {
      const standing = { uses: 3, window: 86_400, shape: "shape" };
      const { task, event } = aTask({ leases: [] });
      const requested = aRequest(task, { record: aRecord(task, { standing }) });
      const { id } = requested.record;
      await approvals().open(task, event, aUse(), undefined, undefined, requested);
      const first = await store().reread(task);
      await approvals().use(first, used(first), id, aUseOf(first), [signIn()], eventOn(first));
      expect(await ballots().putOutcome(id, { ...DENIED, decision: "withdrawn" }, anEvent(), 3)).toBe("recorded");
      const { task: second } = await waitingTask({}, { agent: task.agent });
      const late = approvals().use(second, used(second), id, aUseOf(second, { n: 2 }), [signIn()], eventOn(second));
      await expect(late).rejects.toEqual(refused("contended"));
    });

    it("lists a broken glass until its review", async () => {
      const mine = async (ids: readonly string[], nowSeconds: number) =>
        (await store().glasses.unreviewed(nowSeconds)).filter(({ id }) => ids.includes(id));
      const use = async () => {
        const { task, id } = await waitingTask();
        const own = aUseOf(task, { glass: true });
        const by = signIn();
        await approvals().use(task, used(task), id, own, [by], eventOn(task), undefined);
        const dueAt = own.usedAt + REVIEW_SECONDS;
        return { id, own, agent: task.agent, dueAt, by: personId(by.person) };
      };
      const [one, two] = [await use(), await use()];
      const ids = [one.id, two.id];
      expect((await approvals().read(one.id)).uses).toEqual([one.own]);
      expect(await mine(ids, one.dueAt - 1)).toEqual([]);
      expect((await mine(ids, one.dueAt)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      const review = { at: NOW + 90, vote: "reviewed" };
      const own = { ...signIn("carol"), token: "of the review" };
      await approvals().recordReview(one.id, one.own, review, own, anEvent());
      expect(await approvals().noncesOf([own])).toEqual([own.nonce]);
      expect((await approvals().read(one.id)).review).toEqual(review);
      expect(await mine(ids, one.dueAt)).toEqual([{ id: two.id, agent: two.agent, dueAt: two.dueAt, by: two.by }]);
      const again = approvals().recordReview(one.id, one.own, review, own, anEvent());
      await expect(again).rejects.toEqual(refused("contended"));
      // One sign-in is one vote, whatever the vote decides.
      const other = { ...own, nonce: "of another review" };
      const byOne = approvals().recordReview(two.id, two.own, review, other, anEvent());
      await expect(byOne).rejects.toEqual(refused("sign_in_used"));
      const { task, id } = await waitingTask();
      const voted = approvals().use(task, used(task), id, aUseOf(task), [other], eventOn(task), undefined);
      await expect(voted).rejects.toEqual(refused("contended"));
    });

    it("records that a vote breaks the glass", async () => {
      const { id } = await waitingTask();
      const vote = { ...aStoredVote("alice", "one"), glass: true } as const;
      await ballots().putVote(id, vote, anEvent(), LISTED_UNTIL);
      expect(await approvals().readVotes(id)).toEqual({ votes: [vote] });
    });

    it("returns a void approval as void, with the changed parts", async () => {
      const { task, id } = await waitingTask();
      const found = { at: NOW, changed: ["grants", "session_policies"] } as const;
      await approvals().recordVoid(task, id, found, eventOn(task, "approval.void"));
      expect((await approvals().read(id)).void).toEqual(found);
      expect((await store().reread(task)).chain.n).toBe(2);
    });
  });
}
