import type { ApprovalUse } from "../functions/core/approvals/stored-approval.ts";
import type { SealedConsent } from "../functions/core/consents/consent.ts";
import type { Delegation } from "../functions/core/delegation/delegation.ts";
import type { SealedKind } from "../functions/core/seals/signet.ts";
import type { ConnectorLease } from "../functions/core/tasks/connector-lease.ts";
import type { Presentation, SessionLease, Task, TaskToken } from "../functions/core/tasks/task.ts";
import type { SealedAcceptance } from "../functions/core/threat/acceptance.ts";
import type { Kind } from "../functions/names.ts";

/**
 * Answers to one question: somebody has the role of a function, and all that was ever in the table, and puts an older genuine value back. What follows?
 * `npm run older-values` writes the page docs/reference/older-values.md from these tables (docs/decisions/0063). A kind of item or a field of a sealed record
 * without a row does not compile.
 */

/**
 * Reason for which a kind of item gives a thief of another role nothing, or the exception.
 * - `alone`: only one function can put, change or remove it.
 * - `lives`: one function puts it, others can only remove it, and it counts while it is there. What is gone stays gone.
 * - `journal`: nobody changes or removes it. A put over an item rings.
 * - `hint`: a list of where to look. No decision rests on it, or every entry is compared with what is believed.
 * - `fields`: several functions write it. `SEALED_FIELDS` has the answer.
 * - `told`: an older value, or an item that is put with a TTL in the past, has the effect that `follows` names. SECURITY.md has it too.
 */
export type Reason = "alone" | "lives" | "journal" | "hint" | "fields" | "told";

interface KindRow {
  readonly rests: string;
  readonly why: Reason;
  readonly follows: string;
}

/** Kinds of items, with what rests on them, and what follows where an older value is put back by a function that does not give it. */
export const OLDER_ITEMS = {
  agent: {
    rests: "the words of a refusal",
    why: "told",
    follows: "lists and reports show untruths; an unconfirmed agent is overlooked",
  },
  live: { rests: "that a task lives", why: "lives", follows: "an ended task stays ended" },
  active: { rests: "that an agent is active, and its facts", why: "lives", follows: "a suspended agent stays so" },
  registration: { rests: "as what an agent is resumed", why: "lives", follows: "an offboarded agent is not resumed" },
  binding: { rests: "where to look for a token's agent", why: "alone", follows: "nothing: ACTIVE# decides" },
  task: { rests: "what a task may do, and until when", why: "fields", follows: "the fields below" },
  pace: { rests: "rates of a function's callers", why: "alone", follows: "nothing: each function has its own prefix" },
  role: {
    rests: "what IAM denies in a role",
    why: "told",
    follows: "an ended task's sessions go on until their fence",
  },
  writes: { rests: "what probes have seen", why: "alone", follows: "nothing" },
  load: { rests: "admission to a role", why: "alone", follows: "nothing" },
  timer: {
    rests: "when the sweep looks at a task",
    why: "told",
    follows: "a deadline is missed by the sweep; nothing is issued after it",
  },
  replay: {
    rests: "that a token, a key, a delegation, a sign-in is used",
    why: "alone",
    follows: "a used one stays used",
  },
  halt: {
    rests: "which agents IAM denies",
    why: "told",
    follows: "a halted agent's sessions go on until their fence; nothing is issued",
  },
  accountHalt: {
    rests: "that an account is halted",
    why: "told",
    follows: "a put with a TTL in the past ends the halt within days, and rings at once",
  },
  accountLift: { rests: "that an older event halts no account again", why: "alone", follows: "nothing" },
  coolDown: {
    rests: "that an agent cools down, or is paused for one party",
    why: "alone",
    follows: "nothing: a pause from before a resumption does not count",
  },
  refused: { rests: "the count of refusals (E8)", why: "alone", follows: "nothing" },
  suspensions: { rests: "the caps of rules of escalation", why: "alone", follows: "nothing" },
  escalation: { rests: "the list of escalations", why: "alone", follows: "nothing" },
  panic: { rests: "when the latest panic was lifted", why: "alone", follows: "nothing" },
  declaredPanic: {
    rests: "that everything is halted",
    why: "told",
    follows: "a put with a TTL in the past lifts the panic within days, and rings at once",
  },
  secret: {
    rests: "who holds an exclusive secret",
    why: "told",
    follows: "a lock that is freed early gives the secret to two tasks",
  },
  pendingRevocation: {
    rests: "what connectors still have to revoke",
    why: "lives",
    follows: "a revoked credential is not listed again",
  },
  ending: {
    rests: "which endings broke off",
    why: "hint",
    follows: "tasks below stay listed; each is refused, since the one above is not in LIVE#",
  },
  person: { rests: "which tasks are a person's", why: "alone", follows: "nothing" },
  personCut: {
    rests: "up to when a person's tokens are dead",
    why: "told",
    follows: "tokens of at most 15 minutes before open tasks again",
  },
  ended: { rests: "where to look for ended tasks", why: "hint", follows: "the task's own record decides" },
  journal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  agentJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  secretJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  panicJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  roleJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  approvalJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  readJournal: { rests: "the evidence", why: "journal", follows: "the relay rings" },
  seal: { rests: "by which keys seals are verified", why: "alone", follows: "nothing" },
  approval: {
    rests: "what people decide on, each use, that it is void",
    why: "alone",
    follows: "a used or void approval stays so",
  },
  vote: {
    rests: "people's votes, and a denial",
    why: "told",
    follows: "a put with a TTL in the past may remove a denial before the task's next poll, and rings at once",
  },
  act: {
    rests: "that a sign-in was used for an act",
    why: "told",
    follows: "a put with a TTL in the past frees the sign-in for the same act, while it is fresh",
  },
  consent: { rests: "what a person has consented to", why: "alone", follows: "nothing" },
  liveConsent: { rests: "that a consent lives", why: "lives", follows: "a withdrawn consent stays withdrawn" },
  liveToken: {
    rests: "that a presentation or delegation token lives",
    why: "lives",
    follows: "a revoked token stays revoked",
  },
  acceptance: { rests: "that a threat model was accepted", why: "alone", follows: "nothing" },
  inbox: {
    rests: "which requests a group is shown",
    why: "hint",
    follows: "a hidden request waits; no vote counts by it",
  },
  glass: { rests: "which broken glasses await review", why: "alone", follows: "nothing" },
  notice: { rests: "which messages were sent", why: "alone", follows: "nothing" },
  use: { rests: "the ledger", why: "alone", follows: "nothing" },
  seen: { rests: "that an event was counted", why: "alone", follows: "nothing" },
  heard: { rests: "when an account was last heard of", why: "alone", follows: "nothing" },
} as const satisfies Record<Kind, KindRow>;

/** Field of a record: whether the record's seal covers it, and what follows where an older value of it is put back. */
interface FieldRow {
  readonly sealed: boolean;
  readonly follows: string;
}

const fixed = { sealed: true, follows: "nothing: it never changes" } as const;
const own = { sealed: false, follows: "nothing: each has a seal of its own" } as const;
const shown = { sealed: false, follows: "nothing rests on it: it is shown" } as const;
const seal = { sealed: false, follows: "nothing: it fits its own fields only" } as const;
/** For records that the exchange alone may put, in a kind of their own. */
const alone = { sealed: true, follows: "nothing: only the exchange puts the item" } as const;

/** Fields of every record that is sealed, by the kind of the seal; `session` has the leases in a task's record, which share its seal. */
export const SEALED_FIELDS = {
  task: {
    path: fixed,
    agent: fixed,
    subject: fixed,
    facts: fixed,
    purpose: fixed,
    delegated: fixed,
    approval: fixed,
    details: { sealed: true, follows: "nothing: a use changes only the leases' numbers in them" },
    openedAt: { sealed: true, follows: "refused and rings: the approval's use names the moment" },
    expiresAt: {
      sealed: true,
      follows: "an earlier deadline; the wait's is refused with the version from before the use",
    },
    movesUntil: { sealed: true, follows: "refused with the version from before the use" },
    onBehalf: { sealed: true, follows: "the person's groups of an earlier token, until that token's hour is over" },
    status: {
      sealed: false,
      follows: "nothing lives: LIVE# decides. `withdrawn` frees no key: REPLAY# has the answer",
    },
    leases: { sealed: true, follows: "name, account and role are sealed, the rest is below" },
    tokens: {
      sealed: true,
      follows: "nothing: the first is sealed here, each further one by itself; none is revoked alone",
    },
    connectorLeases: own,
    presentations: own,
    delegations: own,
    confirmed: { sealed: false, follows: "the sweep withdraws the task: an ending" },
    hasDelegated: { sealed: false, follows: "a broken-off ending is not listed; tasks below are refused all the same" },
    chain: { sealed: false, follows: "the next event's number is taken, and its write fails" },
    endedAt: shown,
    endedBy: shown,
    outcome: shown,
    seal,
  } satisfies Record<keyof Task, FieldRow>,
  session: {
    name: fixed,
    account: fixed,
    role: { sealed: true, follows: "nothing: a renewal plans the role anew" },
    detail: shown,
    state: { sealed: false, follows: "an STS call sooner than after 10 seconds" },
    event: { sealed: false, follows: "a confirmation fails" },
    startedAt: { sealed: false, follows: "an STS call sooner than after 10 seconds" },
    fenceAt: { sealed: false, follows: "nothing: the session's own policy has the fence, ROLE# the denial" },
    earlierFenceAt: { sealed: false, follows: "nothing: ROLE# has the denial" },
    accessKeyId: { sealed: false, follows: "a use of the key is attributed to no task; the journal has the key" },
    earlierKeyIds: { sealed: false, follows: "a use of the key is attributed to no task; the journal has the key" },
    issuedAt: shown,
  } satisfies Record<keyof SessionLease, FieldRow>,
  "task-token": { hash: fixed, seal } satisfies Record<keyof TaskToken, FieldRow>,
  presentation: {
    hash: fixed,
    server: fixed,
    expiresAt: fixed,
    listed: { sealed: true, follows: "nothing: a listed token lives by LIVETOKEN# alone" },
    seal,
  } satisfies Record<keyof Presentation, FieldRow>,
  delegation: {
    hash: fixed,
    agent: fixed,
    expiresAt: fixed,
    details: { sealed: true, follows: "nothing: after the use, the child has the sealed copy" },
    listed: { sealed: true, follows: "nothing: a listed token lives by LIVETOKEN# alone" },
    child: { sealed: false, follows: "nothing: REPLAY# records the use" },
    usedAt: { sealed: false, follows: "nothing: REPLAY# records the use" },
    seal,
  } satisfies Record<keyof Delegation, FieldRow>,
  "connector-lease": {
    name: fixed,
    type: fixed,
    path: fixed,
    expiresAt: { sealed: true, follows: "nothing: no lease that reads secrets is longer than sealed" },
    made: { sealed: true, follows: "the secrets that a session reads are sealed; the rest finds what to revoke" },
    detail: shown,
    state: { sealed: false, follows: "nothing is read after the sealed end; REVOCATION# has what is to be revoked" },
    startedAt: { sealed: false, follows: "an issue sooner than after 10 seconds" },
    sealed: { sealed: false, follows: "nothing: it is encrypted for its own lease" },
    seal,
  } satisfies Record<keyof ConnectorLease, FieldRow>,
  "approval-use": {
    n: alone,
    task: alone,
    hash: alone,
    votes: alone,
    usedAt: alone,
    glass: alone,
    seal,
  } satisfies Record<keyof ApprovalUse, FieldRow>,
  consent: {
    id: alone,
    person: alone,
    agent: alone,
    purpose: alone,
    details: alone,
    createdAt: alone,
    expiresAt: alone,
    signedInAt: alone,
    act: alone,
    vote: alone,
    seal,
  } satisfies Record<keyof SealedConsent, FieldRow>,
  acceptance: {
    id: alone,
    agent: alone,
    person: alone,
    model: alone,
    acceptedAt: alone,
    act: alone,
    vote: alone,
    seal,
  } satisfies Record<keyof SealedAcceptance, FieldRow>,
} as const satisfies Record<SealedKind | "session", Readonly<Record<string, FieldRow>>>;

/** Tests in which a thief with the keys of each role tries it, by what it would gain. */
export const TRIED = {
  "another record, a wider one, a longer one, an ended one": "test/infra/stolen-writers.test.ts",
  "an older version of a task, a revoked token, a used token": "test/infra/stolen-older-records.test.ts",
  "an approval that nobody gave, that was used, that was denied": "test/infra/stolen-approvals.test.ts",
  "a consent that was withdrawn": "test/infra/stolen-consents.test.ts",
  "a threat model that nobody accepted": "test/infra/stolen-acceptances.test.ts",
  "an agent that was suspended or offboarded": "test/infra/stolen-registrations.test.ts",
  "an account that is halted": "test/infra/stolen-halts.test.ts",
  "who may write which kind at all": "test/infra/sole-writers.test.ts",
} as const;
