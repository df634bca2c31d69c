import type { ApprovalUse } from "../functions/core/approvals/stored-approval.ts";
import type { SealedConsent } from "../functions/core/consents/consent.ts";
import type { Delegation } from "../functions/core/delegation/delegation.ts";
import type { SealedKind } from "../functions/core/seals/record-key.ts";
import type { ConnectorLease } from "../functions/core/tasks/connector-lease.ts";
import type { Presentation, SessionLease, Task, TaskToken } from "../functions/core/tasks/task.ts";
import type { SealedAcceptance } from "../functions/core/threat/acceptance.ts";

/**
 * Answers to one question: somebody has the role of a function, and all that was ever in the table, and puts an older genuine value back. What follows?
 * `npm run older-values` writes the page docs/reference/older-values.md from these tables and `ITEM_KINDS` (docs/decisions/0063). A field of a sealed record
 * without a row does not compile.
 */

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
    delivery: fixed,
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
    delivery: { sealed: false, follows: "an ending leaves SESSION# to its TTL: a task that has ended is not in LIVE#" },
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
    revokedAt: {
      sealed: false,
      follows: "the window after a label is counted from earlier, at most from the lease's start; HOLD# has the label",
    },
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
