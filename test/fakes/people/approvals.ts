import { type ApprovalId, approvalId } from "../../../contract/approval-id.ts";
import { decidersOf } from "../../../functions/core/approvals/approval-limits.ts";
import { type ApprovalRecord, recordText } from "../../../functions/core/approvals/approval-record.ts";
import {
  type ApprovalRequests,
  type Inbox,
  type ListedRequest,
  type RequestedApproval,
  type UseListing,
  VOID_NONCE,
} from "../../../functions/core/approvals/approvals.ts";
import type {
  AskedSpan,
  Ballots,
  Decided,
  GivenApproval,
  OwnDecision,
  Waiting,
} from "../../../functions/core/approvals/ballots.ts";
import type { Glasses, UnreviewedGlass } from "../../../functions/core/approvals/break-glass.ts";
import { REVIEW_SECONDS } from "../../../functions/core/approvals/break-glass.ts";
import {
  type AnnouncedDecision,
  type ApprovalUse,
  type ApprovalVoid,
  type CastVotes,
  type GlassReview,
  recordIn,
  STORED_VOTES,
  type StoredApproval,
  type StoredOutcome,
  type StoredVote,
  voteIn,
} from "../../../functions/core/approvals/stored-approval.ts";
import type { AccountId } from "../../../functions/core/deployment/account-id.ts";
import { type Person, personId } from "../../../functions/core/identity/person.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, Remembered, TokenUse } from "../../../functions/core/tasks/tasks.ts";
import type { FakeTasks } from "../tasks/tasks.ts";

let known: {
  readonly text: string | undefined;
  readonly id: ApprovalId | undefined;
  readonly record: ApprovalRecord | undefined;
} = {
  text: undefined,
  id: undefined,
  record: undefined,
};

/** Reads a record as the adapter does. Remembers the latest one, since a race reads one record thousands of times. */
function recordOf(text: string | undefined, id: ApprovalId): ApprovalRecord | undefined {
  if (known.text !== text || known.id !== id) known = { text, id, record: recordIn(text, id) };
  return known.record;
}

/** Fake record of approvals and votes, in memory, with the table's conditions. The contract suite compares it with the adapters. */
export class FakeApprovals implements ApprovalRequests, Ballots, Glasses {
  /** Records as text, by id: a test may break one. */
  readonly records = new Map<string, string>();
  readonly uses = new Map<string, ApprovalUse[]>();
  readonly reviews = new Map<string, GlassReview>();
  /** Broken glasses whose review is due. */
  glasses: UnreviewedGlass[] = [];
  readonly voids = new Map<string, ApprovalVoid>();
  /** Votes by id and person: a test may put an invalid one. */
  readonly votes = new Map<string, Map<string, Readonly<Record<string, unknown>>>>();
  readonly outcomes = new Map<string, StoredOutcome>();
  readonly announced = new Map<string, AnnouncedDecision>();
  readonly inboxes = new Map<string, Waiting[]>();
  readonly #listed = new Map<string, ListedRequest[]>();
  readonly #latest = new Map<string, Pick<ListedRequest, "id" | "task">>();
  readonly #standing = new Map<string, ApprovalId>();
  readonly #signIns = new Map<string, string>();
  /** Sign-ins that were used for acts of operators. */
  readonly #acts = new Map<string, string>();
  readonly #own: (OwnDecision & { readonly by: string })[] = [];
  readonly #given = new Map<string, Map<ApprovalId, number>>();
  readonly #tasks: FakeTasks;
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(tasks: FakeTasks) {
    this.#tasks = tasks;
  }

  async read(id: ApprovalId): Promise<StoredApproval> {
    await this.before("read");
    const record = recordOf(this.records.get(id), id);
    const [found, review] = [this.voids.get(id), this.reviews.get(id)];
    return {
      ...(record ? { record } : {}),
      uses: [...(this.uses.get(id) ?? [])],
      ...(found ? { void: found } : {}),
      ...(review ? { review } : {}),
    };
  }

  async readAnnounced(id: ApprovalId): Promise<AnnouncedDecision | undefined> {
    await this.before("readAnnounced");
    return this.announced.get(id);
  }

  async announceApproved(id: ApprovalId, at: number): Promise<void> {
    await this.before("announceApproved");
    if (!this.announced.has(id)) this.announced.set(id, { decision: "approved", at });
  }

  async isVoid(signIn: Pick<SignIn, "person" | "signedInAt">): Promise<boolean> {
    await this.before("isVoid");
    return this.#tasks.persons.isVoid(signIn);
  }

  async readVotes(id: string): Promise<CastVotes> {
    await this.before("readVotes");
    const items = [...(this.votes.get(id) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, STORED_VOTES.most);
    const outcome = this.outcomes.get(id);
    return { votes: items.flatMap(([, item]) => voteIn(item) ?? []), ...(outcome ? { outcome } : {}) };
  }

  async listed(agent: string, person: Person | undefined, sinceSeconds: number): Promise<readonly ListedRequest[]> {
    await this.before("listed");
    return this.#requestsOf(agent, person, { from: sinceSeconds, until: Number.POSITIVE_INFINITY });
  }

  async listRequests(
    agent: string,
    person: Person | undefined,
    span: AskedSpan,
    most: number,
  ): Promise<readonly ListedRequest[]> {
    await this.before("listRequests");
    return this.#requestsOf(agent, person, span).slice(0, most);
  }

  #requestsOf(agent: string, person: Person | undefined, { from, until }: AskedSpan): readonly ListedRequest[] {
    return (this.#listed.get(listName(agent, person)) ?? [])
      .filter(({ createdAt }) => createdAt >= from && createdAt <= until)
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  }

  async countForPeople(agent: string, sinceSeconds: number, most: number): Promise<number> {
    await this.before("countForPeople");
    const listed = [...this.#listed].flatMap(([name, each]) => (name.startsWith(`${agent} `) ? each : []));
    return Math.min(most, listed.filter(({ createdAt }) => createdAt >= sinceSeconds).length);
  }

  async latest(agent: string, key: string): Promise<Pick<ListedRequest, "id" | "task"> | undefined> {
    await this.before("latest");
    return this.#latest.get(`${agent}#${key}`);
  }

  async standing(agent: string, key: string): Promise<ApprovalId | undefined> {
    await this.before("standing");
    return this.#standing.get(`${agent}#${key}`);
  }

  /** Uses a sign-in for an act, once, as agents and panics do in their own transactions. @throws {Refusal} sign_in_used. */
  readonly useForAct = (signIn: SignIn | undefined): void => {
    if (!signIn) return;
    const name = nameOf(signIn);
    if (this.#tasks.persons.isVoid(signIn)) throw new Refusal("sign_in_used");
    if (this.#signIns.has(name) || this.#acts.has(name)) throw new Refusal("sign_in_used");
    this.#acts.set(name, signIn.nonce);
  };

  async noncesOf(signIns: readonly Pick<SignIn, "person" | "signedInAt">[]): Promise<readonly (string | undefined)[]> {
    await this.before("noncesOf");
    return signIns.map((each) =>
      this.#tasks.persons.isVoid(each) ? VOID_NONCE : (this.#signIns.get(nameOf(each)) ?? this.#acts.get(nameOf(each))),
    );
  }

  async open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation: DelegationUse | undefined,
    requested: RequestedApproval,
  ): Promise<Opened> {
    await this.before("open");
    const { record, hash, key, inboxes, replaces } = requested;
    const { id, agent, created_at: createdAt, expires_at: expiresAt } = record;
    const place = `${agent.id}#${key}`;
    const isFree = this.#latest.get(place)?.id === replaces && !this.records.has(id);
    const opened = await this.#tasks.open(task, event, use, idempotency, delegation, {}, isFree);
    if ("repeats" in opened) return opened;
    this.records.set(id, recordText(record));
    for (const inbox of inboxes) {
      const waiting = { id, hash, agent: agent.id, expiresAt, task: task.path };
      this.inboxes.set(inboxName(inbox), [...(this.inboxes.get(inboxName(inbox)) ?? []), waiting]);
    }
    const groups = decidersOf(record);
    const listed = { id, task: task.path, key, groups, createdAt, expiresAt };
    const list = listName(agent.id, record.person);
    this.#listed.set(list, [...(this.#listed.get(list) ?? []), listed]);
    this.#latest.set(place, { id, task: task.path });
    return opened;
  }

  /** True for an account that is halted. */
  isHalted: (account: AccountId) => boolean = () => false;

  async use(
    before: Task,
    after: Task,
    id: ApprovalId,
    use: ApprovalUse,
    signIns: readonly SignIn[],
    event: JournalEvent,
    listing?: UseListing,
    { spendings = [], holds = [] }: Remembered = {},
  ): Promise<void> {
    await this.before("use");
    if (after.leases.some(({ account }) => this.isHalted(account))) throw new Refusal("contended");
    const uses = this.uses.get(id) ?? [];
    const isUnused = !uses.some(({ n }) => n === use.n) && !this.voids.has(id) && !this.outcomes.has(id);
    const areFree = signIns.every((each) => this.#isFree(each));
    if (!isUnused || !areFree || !this.#tasks.isChangeable(before)) throw new Refusal("contended");
    this.#tasks.budgets.check(spendings);
    this.#tasks.budgets.write(spendings);
    this.#tasks.holds.write(holds);
    this.#tasks.giveLeases(before, after, event);
    this.uses.set(id, [...uses, structuredClone(use)]);
    for (const each of signIns) this.#signIns.set(nameOf(each), each.nonce);
    if (listing?.key !== undefined) this.#standing.set(`${after.agent}#${listing.key}`, id);
    const [own] = signIns;
    const by = own ? { by: personId(own.person) } : {};
    if (use.glass) this.glasses.push({ id, agent: after.agent, dueAt: use.usedAt + REVIEW_SECONDS, ...by });
    for (const inbox of listing?.inboxes ?? []) {
      const waiting = (this.inboxes.get(inboxName(inbox)) ?? []).filter(
        (each) => each.id !== id || each.expiresAt !== listing?.until,
      );
      const entry = { id, hash: use.hash, agent: after.agent, expiresAt: listing?.until ?? 0, use: use.n };
      this.inboxes.set(inboxName(inbox), [...waiting, entry]);
    }
  }

  /** True for a sign-in that was used for nothing, or for votes with the same nonce. */
  #isFree(signIn: SignIn): boolean {
    const name = nameOf(signIn);
    return (
      !this.#tasks.persons.isVoid(signIn) &&
      !this.#acts.has(name) &&
      [undefined, signIn.nonce].includes(this.#signIns.get(name))
    );
  }

  async recordReview(
    id: string,
    use: ApprovalUse,
    review: GlassReview,
    signIn: SignIn,
    event: JournalEvent,
  ): Promise<void> {
    await this.before("recordReview");
    const glass = this.glasses.find((each) => each.id === id && each.dueAt === use.usedAt + REVIEW_SECONDS);
    if (!glass || this.reviews.has(id)) throw new Refusal("contended");
    if (!this.#isFree(signIn)) throw new Refusal("sign_in_used");
    this.#signIns.set(nameOf(signIn), signIn.nonce);
    this.glasses = this.glasses.filter((each) => each.id !== id);
    this.reviews.set(id, structuredClone(review));
    await this.#tasks.append(event);
  }

  async unreviewed(nowSeconds: number): Promise<readonly UnreviewedGlass[]> {
    await this.before("unreviewed");
    return this.glasses.filter(({ dueAt }) => dueAt <= nowSeconds);
  }

  async recordVoid(task: Task, id: string, found: ApprovalVoid, event: JournalEvent): Promise<void> {
    await this.before("recordVoid");
    if (this.voids.has(id) || this.uses.has(id)) throw new Refusal("contended");
    this.#tasks.addEvent(task, event);
    this.voids.set(id, structuredClone(found));
  }

  async listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]> {
    await this.before("listWaiting");
    return (this.inboxes.get(inboxName(inbox)) ?? [])
      .filter(({ expiresAt }) => expiresAt > nowSeconds)
      .toSorted((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1));
  }

  async removeWaiting(inbox: Inbox, { id, expiresAt }: Pick<Waiting, "id" | "expiresAt">): Promise<void> {
    await this.before("removeWaiting");
    const waiting = this.inboxes.get(inboxName(inbox)) ?? [];
    this.inboxes.set(
      inboxName(inbox),
      waiting.filter((each) => each.id !== id || each.expiresAt !== expiresAt),
    );
  }

  /** @param event event to record with the vote; tests of the exchange need none. */
  async putVote(
    id: string,
    { person, token, hashes, glass }: StoredVote,
    event?: JournalEvent,
    listedUntil = Number.POSITIVE_INFINITY,
  ): Promise<Decided> {
    await this.before("putVote");
    if (this.uses.has(id)) return "used";
    if (this.outcomes.has(id)) return "decided";
    const votes = this.votes.get(id) ?? new Map<string, Readonly<Record<string, unknown>>>();
    this.votes.set(
      id,
      votes.set(personId(person), {
        issuer: person.issuer,
        person: person.value,
        token,
        hashes,
        ...(glass ? { glass } : {}),
      }),
    );
    this.#given.set(
      personId(person),
      (this.#given.get(personId(person)) ?? new Map()).set(approvalId(id), listedUntil),
    );
    this.#decide(id, person, "approved", event);
    if (event) await this.#tasks.append(event);
    return "recorded";
  }

  #decide(id: string, person: Person, decision: OwnDecision["decision"], event: JournalEvent | undefined): void {
    const at = event === undefined ? 0 : Math.floor(event.at / 1_000);
    this.#own.push({ by: personId(person), id: approvalId(id), decision, at });
  }

  async listOwn(person: Person, afterSeconds: number): Promise<readonly OwnDecision[]> {
    await this.before("listOwn");
    const own = this.#own.filter(({ by, at }) => by === personId(person) && at > afterSeconds);
    return [...new Map(own.map(({ by: _, ...each }) => [each.id, each])).values()].toSorted((a, b) => b.at - a.at);
  }

  async listGiven(person: Person, nowSeconds: number): Promise<readonly GivenApproval[]> {
    await this.before("listGiven");
    const given = [...(this.#given.get(personId(person)) ?? [])].map(([id, until]) => ({ id, until }));
    return given.filter(({ until }) => until > nowSeconds).toSorted((a, b) => a.until - b.until);
  }

  async putOutcome(id: string, outcome: StoredOutcome, event?: JournalEvent, lastUse = 1): Promise<Decided> {
    await this.before("putOutcome");
    if (this.uses.get(id)?.some(({ n }) => n === lastUse)) return "used";
    if (this.outcomes.has(id)) return "decided";
    this.outcomes.set(id, structuredClone(outcome));
    const { rejected: _, ...announced } = structuredClone(outcome);
    this.announced.set(id, announced);
    this.#decide(id, outcome.by, outcome.decision, event);
    if (event) await this.#tasks.append(event);
    return "recorded";
  }
}

/** Names the list of an agent's requests for one person, or for nobody. */
const listName = (agent: string, person: Person | undefined): string =>
  person ? `${agent} ${personId(person)}` : agent;
const inboxName = ({ issuer, group }: Inbox): string => `${issuer}#${group}`;
const nameOf = ({ person, signedInAt }: Pick<SignIn, "person" | "signedInAt">): string =>
  `${personId(person)}|${signedInAt}`;
