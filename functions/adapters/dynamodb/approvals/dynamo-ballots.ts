import type { AgentId } from "../../../../contract/agent-id.ts";
import { type ApprovalId, isApprovalId } from "../../../../contract/approval-id.ts";
import { OWN_DECISIONS_SECONDS } from "../../../../contract/limits.ts";
import { OWN_DECISIONS, type OwnDecisionKind } from "../../../../contract/names.ts";
import type { Inbox, ListedRequest } from "../../../core/approvals/approvals.ts";
import type {
  AskedSpan,
  Ballots,
  Decided,
  GivenApproval,
  OwnDecision,
  Waiting,
} from "../../../core/approvals/ballots.ts";
import type {
  AnnouncedDecision,
  CastVotes,
  StoredApproval,
  StoredOutcome,
  StoredVote,
} from "../../../core/approvals/stored-approval.ts";
import type { Person } from "../../../core/identity/person.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { knownPath } from "../../../core/task-path.ts";
import { isVoidSignIn } from "../identity/sign-in-items.ts";
import { afterTime, decidedBy, givenBy, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import {
  APPROVAL_SECONDS,
  readAnnounced,
  readApproval,
  readRequests,
  readVotes,
  readWaiting,
} from "./approval-items.ts";

/** Votes in the one table, for `approve`. */
export class DynamoBallots implements Ballots {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;

  constructor(table: DynamoTable, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
  }

  read(id: ApprovalId): Promise<StoredApproval> {
    return readApproval(this.#table, id);
  }

  readAnnounced(id: ApprovalId): Promise<AnnouncedDecision | undefined> {
    return readAnnounced(this.#table, id);
  }

  listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]> {
    return readWaiting(this.#table, inbox, nowSeconds);
  }

  listRequests(
    agent: AgentId,
    person: Person | undefined,
    span: AskedSpan,
    most: number,
  ): Promise<readonly ListedRequest[]> {
    return readRequests(this.#table, agent, person, span, most);
  }

  removeWaiting(inbox: Inbox, { id, expiresAt }: Pick<Waiting, "id" | "expiresAt">): Promise<void> {
    return this.#table.delete(keys.inbox(inbox, expiresAt, id));
  }

  async announceApproved(id: ApprovalId, at: number): Promise<void> {
    const item = { decision: "approved", at, ttl: this.#ttl() };
    await this.#table.transact([this.#table.putWrite("announced", keys.announcedDecision(id), item, "absent")]);
  }

  isVoid(signIn: Pick<SignIn, "person" | "signedInAt">): Promise<boolean> {
    return isVoidSignIn(this.#table, signIn);
  }

  readVotes(id: ApprovalId): Promise<CastVotes> {
    return readVotes(this.#table, id);
  }

  async putVote(
    id: ApprovalId,
    { person: { issuer, value }, token, hashes, glass }: StoredVote,
    event: JournalEvent,
    listedUntil: number,
  ): Promise<Decided> {
    const item = { issuer, person: value, token, hashes, ...(glass ? { glass } : {}), ttl: this.#ttl() };
    return this.#decide([
      this.#table.putWrite("vote", keys.vote(id, { issuer, value }), item, "whatever"),
      this.#table.putWrite("given", keys.given({ issuer, value }, listedUntil, id), { ttl: listedUntil }, "whatever"),
      this.#ownWrite({ issuer, value }, id, "approved"),
      this.#eventWrite(event),
      this.#table.checkWrite("decided", keys.voteOutcome(id), "absent"),
      this.#table.checkWrite("used", keys.approvalUse(id, 1), "absent"),
    ]);
  }

  async listGiven(person: Person, nowSeconds: number): Promise<readonly GivenApproval[]> {
    const items = await this.#table.queryAfter(givenBy(person), afterTime(nowSeconds));
    return items
      .map(({ sk }) => String(sk).split("#"))
      .flatMap(([until, id]) => (isApprovalId(id) ? [{ id, until: Number(until) }] : []));
  }

  async listOwn(person: Person, afterSeconds: number): Promise<readonly OwnDecision[]> {
    const items = await this.#table.queryAfter(decidedBy(person), afterTime(afterSeconds));
    const latest = new Map(items.flatMap((item) => ownDecisionIn(item) ?? []).map((each) => [each.id, each]));
    return [...latest.values()].toSorted((one, other) => other.at - one.at);
  }

  async putOutcome(
    id: ApprovalId,
    { by, ...outcome }: StoredOutcome,
    event: JournalEvent,
    lastUse: number,
  ): Promise<Decided> {
    const item = { ...outcome, issuer: by.issuer, person: by.value, ttl: this.#ttl() };
    return this.#decide([
      this.#table.putWrite("decided", keys.voteOutcome(id), item, "absent"),
      this.#table.putWrite("announced", keys.announcedDecision(id), item, "whatever"),
      this.#ownWrite(by, id, outcome.decision),
      this.#eventWrite(event),
      this.#table.checkWrite("used", keys.approvalUse(id, lastUse), "absent"),
    ]);
  }

  async #decide(writes: Parameters<DynamoTable["transact"]>[0]): Promise<Decided> {
    const failed = await this.#table.transact(writes);
    if (failed.includes("used")) return "used";
    return failed.length > 0 ? "decided" : "recorded";
  }

  #ownWrite(person: Person, id: ApprovalId, decision: OwnDecisionKind): Write {
    const at = Math.floor(this.#nowMs() / 1_000);
    return this.#table.putWrite(
      "own",
      keys.ownDecision(person, at, id),
      { decision, ttl: at + OWN_DECISIONS_SECONDS },
      "whatever",
    );
  }

  /**
   * Writes the event into a chain of its own, since the task's chain grows with a record that `approve` cannot write.
   */
  #eventWrite(event: JournalEvent): Write {
    return this.#table.putWrite(
      "event",
      keys.approvalEvent(knownPath(event.of), event.n),
      { ...event, kind: "EVENT" },
      "absent",
    );
  }

  #ttl(): number {
    return Math.floor(this.#nowMs() / 1_000) + APPROVAL_SECONDS;
  }
}

/** Reads a decision in a person's list; undefined for an entry of another form. */
function ownDecisionIn({ sk, decision }: Item): OwnDecision | undefined {
  const [at, id = ""] = String(sk).split("#");
  const kind = OWN_DECISIONS.find((each) => each === decision);
  return isApprovalId(id) && kind ? { id, at: Number(at), decision: kind } : undefined;
}
