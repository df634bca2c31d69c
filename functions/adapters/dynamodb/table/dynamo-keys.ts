import { createHash } from "node:crypto";
import type { AgentId } from "../../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../../contract/approval-id.ts";
import type { ConditionKind, FunctionName } from "../../../../contract/names.ts";
import type { Inbox } from "../../../core/approvals/approvals.ts";
import type { HeldBudget } from "../../../core/budgets/budget.ts";
import type { HeldCondition } from "../../../core/conditions/held-condition.ts";
import type { AccountId } from "../../../core/deployment/account-id.ts";
import { type EscalationEntry, type EscalationPlace, isListed } from "../../../core/escalation/found-escalation.ts";
import type { Hold, LabelPlace } from "../../../core/holds/holds.ts";
import { type Person, personId } from "../../../core/identity/person.ts";
import type { UseRow } from "../../../core/ledger/ledger.ts";
import type { EndedEntry } from "../../../core/revocation/role-entry.ts";
import type { RoleRef } from "../../../core/revocation/roles.ts";
import type { SecretRead } from "../../../core/secrets/secret-lock.ts";
import { rootOf, type TaskPath } from "../../../core/task-path.ts";
import type { LeaseRef } from "../../../core/tasks/pending-revocation.ts";
import type { Acceptance } from "../../../core/threat/acceptance.ts";
import { ENDING_SHARDS, KINDS, OUTCOME, REVOCATION_SHARDS, TIMER_SHARDS } from "../../../names.ts";
import type { Item, Key } from "./raw-item.ts";

/** Keys of each kind of item (docs/architecture.md#the-table): a partition's prefix is its kind. */
export const keys = {
  agent: (id: AgentId): Key => ({ pk: `${KINDS.agent}${id}`, sk: "AGENT" }),
  active: (id: AgentId): Key => ({ pk: `${KINDS.active}${id}`, sk: "ACTIVE" }),
  registration: (id: AgentId): Key => ({ pk: `${KINDS.registration}${id}`, sk: "REGISTRATION" }),
  agentEvent: (id: AgentId, n: number): Key => ({ pk: agentJournal(id), sk: `EVENT#${n}` }),
  /** Position of the check of all agents. */
  checkpoint: { pk: `${KINDS.agent}CHECK`, sk: "CHECKPOINT" },
  /** Entry in the list of agents whose offboarding is under way; an agent's id has no capitals. */
  offboarding: (id: AgentId): Key => ({ pk: OFFBOARDING_LIST, sk: id }),
  reportPart: (id: AgentId, sha256: string, part: number): Key => ({
    pk: `${KINDS.agent}${id}`,
    sk: `REPORT#${sha256}#${String(part).padStart(4, "0")}`,
  }),
  /** Entry in the list of all agents, in the partition of the empty id. */
  agentEntry: (id: AgentId): Key => ({ pk: AGENT_LIST, sk: id }),
  binding: (issuer: string, pinned: string): Key => ({ pk: `${KINDS.binding}${issuer}`, sk: pinned }),
  live: (agent: AgentId, path: TaskPath): Key => ({ pk: `${KINDS.live}${agent}`, sk: `TASK#${path}` }),
  /**
   * Entry of a live task below its root, outside the partition of all tasks of the tree: a list of live tasks reads no
   * ended ones.
   */
  liveBelow: (path: TaskPath): Key => ({ pk: treePartition(path), sk: path }),
  /** Session of a lease that stays in the hub. */
  signedCalls: (path: TaskPath, lease: string): Key => ({ pk: `${KINDS.signedCalls}${path}`, sk: lease }),
  keptSession: (path: TaskPath, lease: string): Key => ({ pk: `${KINDS.keptSession}${path}`, sk: lease }),
  /** Time of the agent's last use. Sorts before the agent's live tasks, so that one query reads both. */
  lastUse: (agent: AgentId): Key => ({ pk: livePartition(agent), sk: "TASK#" }),
  /** Presentation or delegation token that lives. */
  liveToken: (path: TaskPath, hash: string): Key => ({ pk: `${KINDS.liveToken}${path}`, sk: hash }),
  task: (path: TaskPath): Key => ({ pk: `${KINDS.task}${rootOf(path)}`, sk: path }),
  taskEvent: (path: TaskPath, n: number): Key => ({
    pk: journalPartition(path),
    sk: `${path}#EVENT#${String(n).padStart(6, "0")}`,
  }),
  /** Event of a person's decision, or of a refused request of such a person. Each event is in a chain of its own. */
  approvalEvent: (path: TaskPath, n: number): Key => ({
    pk: `${KINDS.approvalJournal}${rootOf(path)}`,
    sk: keys.taskEvent(path, n).sk,
  }),
  /** Refusal of a request to a function that only reads. Each refusal is in a chain of its own. */
  readEvent: (path: TaskPath, n: number): Key => ({
    pk: `${KINDS.readJournal}${rootOf(path)}`,
    sk: keys.taskEvent(path, n).sk,
  }),
  /** Event of an hour's unused rights. Each event is in a chain of its own. */
  rightsCounted: (hour: string): Key => ({ pk: `${KINDS.useJournal}${hour}`, sk: "EVENT#1" }),
  /** Count of one caller's requests to a function in a minute. */
  pace: (by: FunctionName, who: string, minute: number, what: string): Key => ({
    pk: `${KINDS.pace}${by}#${who}#${minute}`,
    sk: what,
  }),
  /** Suspensions within an hour by an escalation's rule for one account. */
  suspensions: (rule: string, account: string, hour: number): Key => ({
    pk: `${KINDS.suspensions}${rule}#${account}`,
    sk: String(hour),
  }),
  /**
   * Entry in a list of escalations, sorted by its time. The mark of an hour's unlisted escalations sorts after the
   * entries of the hour.
   */
  escalation: (place: EscalationPlace, entry: EscalationEntry): Key => ({
    pk: escalationPartition(place),
    sk: isListed(entry)
      ? `${paddedMs(entry.foundAtMs)}#${entry.id}`
      : `${paddedMs(entry.untilMs)}#${entry.rule}#${entry.agent ?? entry.account}`,
  }),
  role: ({ account, role }: RoleRef, path: TaskPath): Key => ({ pk: rolePartition({ account, role }), sk: path }),
  /**
   * Entry of an ended task, sorted by its end, so that the latest can be read alone. Tasks with children have a range
   * of their own, since all of them are read.
   */
  ended: (role: RoleRef, { path, endedAt }: Pick<EndedEntry, "path" | "endedAt">, hasDelegated: boolean): Key => ({
    pk: endedPartition(role),
    sk: `${endedFrom(hasDelegated, endedAt)}${path}`,
  }),
  /** Entry in the list of a person's tasks. */
  personsTask: (person: Person, path: TaskPath): Key => ({ pk: personPartition(person), sk: `TASK#${path}` }),
  personCut: (person: Person): Key => ({ pk: `${KINDS.personCut}${personId(person)}`, sk: "CUT" }),
  votesCut: (person: Person): Key => ({ pk: `${KINDS.personCut}${personId(person)}`, sk: "VOTES" }),
  /** Entry in an agent's list of ended tasks, sorted by its end. */
  endedOf: (agent: AgentId, endedAt: number, path: TaskPath): Key => ({
    pk: endedOfPartition(agent),
    sk: `${padded(endedAt)}#${path}`,
  }),
  /**
   * Observation of a task's ending in a role. Shares the prefix of policy writes, and is in no role's list: no account
   * is `OBSERVED`.
   */
  observation: (path: TaskPath, { account, role }: RoleRef): Key => ({
    pk: observationsPartition(path),
    sk: `${account}#${role}`,
  }),
  /** Event of a policy write, with a number of ten digits: a busy role is written twice a second. */
  roleEvent: (role: RoleRef, n: number): Key => ({ pk: roleJournal(role), sk: `EVENT#${padded(n)}` }),
  load: (account: AccountId, role: string): Key => ({ pk: `${KINDS.load}${account}#${role}`, sk: "LOAD" }),
  liveCount: { pk: `${KINDS.liveCount}*`, sk: "COUNT" },
  timer: (minute: number, path: TaskPath): Key => ({
    pk: `${KINDS.timer}${minute}#${shardOf(path, TIMER_SHARDS)}`,
    sk: path,
  }),
  pendingRevocation: ({ path, name }: LeaseRef): Key => ({
    pk: `${KINDS.pendingRevocation}${shardOf(path, REVOCATION_SHARDS)}`,
    sk: `${path}#${name}`,
  }),
  /** Entry of an open ending, sorted by agent, so that the entries of one agent can be listed alone. */
  ending: (agent: AgentId, path: TaskPath): Key => ({
    pk: `${KINDS.ending}${shardOf(path, ENDING_SHARDS)}`,
    sk: `${endingsOf(agent)}${path}`,
  }),
  /** Entry of a person whose tasks are being ended. No shard has such a name. */
  personEnding: (person: Person): Key => ({ pk: PERSON_ENDINGS, sk: personId(person) }),
  /** Position up to which the due lists were swept. No task has such a path, and no minute such a name. */
  sweptTo: (): Key => ({ pk: `${KINDS.timer}SWEPT`, sk: "TO" }),
  tokenUse: (issuer: string, id: string): Key => ({ pk: `${KINDS.replay}${issuer}#${id}`, sk: "REPLAY" }),
  /** Use of a delegation. Collides with no token's use, since an issuer's name has no capitals. */
  delegationUse: (parent: TaskPath, hash: string): Key => ({ pk: `${KINDS.replay}DELEGATION#${parent}`, sk: hash }),
  /** Halt of a target account. */
  accountHalt: (account: AccountId): Key => ({ pk: ACCOUNT_HALTS, sk: account }),
  /** Latest lift of the halts of a target account. */
  condition: (kind: ConditionKind, { name, scope, until }: Pick<HeldCondition, "name" | "scope" | "until">): Key => ({
    pk: CONDITION_LISTS[kind],
    sk: `${padded(until)}#${name}#${scope}`,
  }),
  accountLift: (account: AccountId): Key => ({ pk: ACCOUNT_LIFTS, sk: account }),
  /** Signatures that a budget has counted for one holder in its window. */
  callCount: (held: Pick<HeldBudget, "name" | "scope" | "window" | "holder">): Key => ({
    pk: callPartition(held),
    sk: held.holder,
  }),
  /** Grants that a budget has counted for one holder, beside its other holders. */
  budget: ({ name, scope, holder }: Pick<HeldBudget, "name" | "scope" | "holder">): Key => ({
    pk: budgetPartition({ name, scope }),
    sk: holder,
  }),
  /** Fence until which a task's keys hold a label, beside the label's other holds for the same holder. */
  hold: ({ fenceAt, task, leases, ...place }: Hold): Key => ({
    pk: holdPartition(place),
    sk: `${padded(fenceAt)}#${task}${leases === undefined ? "" : `#${leases.startedAt}`}`,
  }),
  coolDown: (agent: AgentId): Key => ({ pk: `${KINDS.coolDown}${agent}`, sk: "COOLDOWN" }),
  /** Pause of an agent for a party, beside the agent's cool-down. */
  pause: (agent: AgentId, party: string): Key => ({ pk: `${KINDS.coolDown}${agent}`, sk: `${PAUSED_FOR}${party}` }),
  /** Token of a refused request. */
  refusedToken: (agent: AgentId, token: string): Key => ({ pk: refusedPartition(agent), sk: `TOKEN#${token}` }),
  /** Refusal by policy, sorted by its time. */
  refusedAt: (agent: AgentId, atMs: number, token: string): Key => ({
    pk: refusedPartition(agent),
    sk: `${REFUSED_AT}${paddedMs(atMs)}#${token}`,
  }),
  halt: (id: AgentId): Key => ({ pk: HALTS, sk: id }),
  /** Latest panic; its sort key is no agent's id. */
  panic: { pk: KINDS.panic, sk: "*" } as Key,
  declaredPanic: { pk: KINDS.declaredPanic, sk: "*" } as Key,
  panicEvent: (n: number): Key => ({ pk: `${KINDS.panicJournal}*`, sk: `EVENT#${String(n).padStart(6, "0")}` }),
  /** Public keys that verify seals. */
  sealKeys: { pk: KINDS.seal, sk: "KEYS" } as Key,
  /** Use of a sign-in for votes. Collides with no token's use, since an issuer's name has no capitals. */
  signIn: ({ issuer, value }: Person, signedInAt: number): Key => ({
    pk: `${KINDS.replay}VOTE#${issuer}|${value}`,
    sk: String(signedInAt),
  }),
  /**
   * Use of a sign-in for an operator's act. Has a prefix of its own, so that a function for acts cannot change the use
   * of a vote.
   */
  act: (person: Person, signedInAt: number): Key => ({
    pk: `${KINDS.act}${personId(person)}`,
    sk: String(signedInAt),
  }),
  consent: (id: string): Key => ({ pk: `${KINDS.consent}${id}`, sk: "CONSENT" }),
  /** Place of the one live consent of a person for an agent. */
  liveConsent: (person: Person, agent: AgentId): Key => ({ pk: liveConsentPartition(person), sk: agent }),
  acceptance: ({ agent, acceptedAt, id }: Pick<Acceptance, "agent" | "acceptedAt" | "id">): Key => ({
    pk: acceptancePartition(agent),
    sk: `${padded(acceptedAt)}#${id}`,
  }),
  approval: (id: ApprovalId): Key => ({ pk: approvalPartition(id), sk: "REQUEST" }),
  /** Use of an approval: the first use, or a further use of a standing approval. */
  approvalUse: (id: ApprovalId, n: number): Key => ({
    pk: approvalPartition(id),
    sk: n === 1 ? "USED" : `USED#${String(n).padStart(3, "0")}`,
  }),
  approvalVoid: (id: ApprovalId): Key => ({ pk: approvalPartition(id), sk: "VOID" }),
  /** Entry in the agent's list of requests for approval. No approval's id has a capital. */
  approvalOfAgent: (agent: AgentId, createdAt: number, id: ApprovalId): Key => ({
    pk: approvalsOf(agent),
    sk: `${AT}${padded(createdAt)}#${id}`,
  }),
  /** Entry in the list of the agent's requests for one person. */
  approvalForPerson: (agent: AgentId, person: Person, createdAt: number, id: ApprovalId): Key => ({
    pk: approvalsOf(agent),
    sk: `${askedFor(person)}${padded(createdAt)}#${id}`,
  }),
  /** Entry in the list of the agent's requests for all people. */
  approvalForPeople: (agent: AgentId, createdAt: number, id: ApprovalId): Key => ({
    pk: approvalsOf(agent),
    sk: `${FOR_PEOPLE}${padded(createdAt)}#${id}`,
  }),
  /** Latest request of the agent under a key. */
  latestApproval: (agent: AgentId, key: string): Key => ({ pk: approvalsOf(agent), sk: `SAME#${key}` }),
  /** Standing approval of the agent under a key. */
  standingApproval: (agent: AgentId, key: string): Key => ({ pk: approvalsOf(agent), sk: `STANDING#${key}` }),
  vote: (id: ApprovalId, person: Person): Key => ({ pk: votePartition(id), sk: personId(person) }),
  /** Entry in the list of the approvals that a person gave. Shares the votes' prefix; no approval's id has a capital. */
  given: (person: Person, until: number, id: ApprovalId): Key => ({
    pk: givenBy(person),
    sk: `${padded(until)}#${id}`,
  }),
  /** Entry in the list of what a person decided. Shares the votes' prefix, as `given` does. */
  ownDecision: (person: Person, at: number, id: ApprovalId): Key => ({
    pk: decidedBy(person),
    sk: `${padded(at)}#${id}`,
  }),
  /** Decision against a request. Sorts before every vote, since an issuer's name has no capitals. */
  voteOutcome: (id: ApprovalId): Key => ({ pk: votePartition(id), sk: OUTCOME }),
  /** Announcement of how people decided about a request. */
  announcedDecision: (id: ApprovalId): Key => ({ pk: `${KINDS.decision}${id}`, sk: "DECISION" }),
  inbox: (inbox: Inbox, expiresAt: number, id: ApprovalId): Key => ({
    pk: inboxPartition(inbox),
    sk: `${padded(expiresAt)}#${id}`,
  }),
  /** Review of a broken glass. */
  glassReview: (id: ApprovalId): Key => ({ pk: approvalPartition(id), sk: "REVIEW" }),
  /** Broken glass whose review is due. */
  glass: (dueAt: number, id: ApprovalId): Key => ({ pk: GLASSES, sk: `${padded(dueAt)}#${id}` }),
  /** Messages about one agent in one channel. */
  notice: (channel: string, agent: AgentId): Key => ({ pk: `${KINDS.notice}${channel}`, sk: agent }),
  /** Use of an action on a resource by a task. */
  use: (path: TaskPath, { action, resource }: Pick<UseRow, "action" | "resource">): Key => ({
    pk: usePartition(path),
    sk: `${path}#${action}#${createHash("sha256").update(resource).digest("base64url")}`,
  }),
  /** Number of the task's rows. Sorts before the rows, since no action begins with `#`. */
  useCount: (path: TaskPath): Key => ({ pk: usePartition(path), sk: `${path}##` }),
  /** Keys of the sessions that the task's sessions created from themselves. */
  useCopies: (path: TaskPath): Key => ({ pk: usePartition(path), sk: `${path}##COPIES` }),
  /** Writes that AWS denied to sessions of the task. */
  useDenied: (path: TaskPath): Key => ({ pk: usePartition(path), sk: `${path}##DENIED` }),
  /** Event that was counted. */
  seen: (eventId: string): Key => ({ pk: `${KINDS.seen}${eventId}`, sk: "SEEN" }),
  /** Time at which a call from the account was last seen. */
  heard: (account: AccountId): Key => ({ pk: HEARD, sk: account }),
  request: (agent: AgentId, digest: string): Key => ({ pk: `${KINDS.replay}KEY#${agent}`, sk: digest }),
  secret: (name: string): Key => ({ pk: SECRET_LIST, sk: name }),
  secretEvent: (name: string, n: number): Key => ({ pk: `${KINDS.secretJournal}${name}`, sk: `EVENT#${n}` }),
  secretRead: ({ name, versionId, holder }: Pick<SecretRead, "name" | "versionId" | "holder">): Key => ({
    pk: secretPartition(name),
    sk: `${readsOf(versionId)}${holder}`,
  }),
  /** Secret that was delivered to an agent. No secret's name has a `#`. */
  secretSeen: (agent: AgentId, name: string): Key => ({ pk: seenPartition(agent), sk: name }),
} as const;

/** Partition of a list of escalations. An agent's id and a task's root have no capitals, and no `#`. */
export const escalationPartition = (place: EscalationPlace): string => {
  if (place === "all") return KINDS.escalation;
  return `${KINDS.escalation}${"agent" in place ? `AGENT#${place.agent}` : `TREE#${rootOf(place.tree)}`}`;
};

/** Partition of the holders of a budget of signatures. */
export const callPartition = ({ name, scope, window }: Pick<HeldBudget, "name" | "scope" | "window">): string =>
  `${KINDS.callCount}${name}#${scope}#${window}`;

/** Partition of a budget's holders. */
export const budgetPartition = ({ name, scope }: Pick<HeldBudget, "name" | "scope">): string =>
  `${KINDS.budget}${name}#${scope}`;

/** Partition of a label's holds for one holder. */
export const holdPartition = ({ scope, holder, label }: LabelPlace): string =>
  `${KINDS.hold}${label}#${scope}#${holder}`;

/** Partition of the acceptances of an agent's threat models. */
export const acceptancePartition = (agent: AgentId): string => `${KINDS.acceptance}${agent}`;

/** Partition of a person's live consents. */
export const liveConsentPartition = (person: Person): string => `${KINDS.liveConsent}${personId(person)}`;

/** Partition of the uses of a tree of tasks. */
export const usePartition = (path: TaskPath): string => `${KINDS.use}${rootOf(path)}`;

/** Prefix of the entries of an agent's list of requests for approval that are for nobody. */
export const AT = "AT#";
export const FOR_PEOPLE = "PEOPLE#";
/** Prefix of the entries of an agent's list of requests for one person. A person's id may be longer than a key. */
export const askedFor = (person: Person): string =>
  `FOR#${createHash("sha256").update(personId(person)).digest("base64url")}#`;
export const GLASSES = KINDS.glass;
/** Prefix of an agent's refusals by policy. */
export const REFUSED_AT = "AT#";
/** Prefix of the sort keys of an agent's pauses. */
export const PAUSED_FOR = "FOR#";
export const refusedPartition = (agent: AgentId): string => `${KINDS.refused}${agent}`;
export const approvalPartition = (id: ApprovalId): string => `${KINDS.approval}${id}`;
export const approvalsOf = (agent: AgentId): string => `${KINDS.approval}AGENT#${agent}`;
export const votePartition = (id: ApprovalId): string => `${KINDS.vote}${id}`;
export const givenBy = (person: Person): string => `${KINDS.vote}GIVEN#${personId(person)}`;
export const decidedBy = (person: Person): string => `${KINDS.vote}BY#${personId(person)}`;
export const inboxPartition = ({ issuer, group }: Inbox): string => `${KINDS.inbox}${issuer}#${group}`;
/** Writes a time so that texts sort as times do; whole epoch seconds. */
export const padded = (atSeconds: number): string => String(Math.max(0, Math.floor(atSeconds))).padStart(10, "0");
/** Writes a time so that texts sort as times do; epoch milliseconds. */
/** Sort key after every one that begins with that time or an earlier one, and before all later ones. */
export const afterTime = (atSeconds: number): string => `${padded(atSeconds)}~`;

const paddedMs = (atMs: number): string => String(Math.floor(atMs)).padStart(15, "0");
export const SECRET_LIST = KINDS.secret;
export const secretPartition = (name: string): string => `${KINDS.secret}${name}`;
export const seenPartition = (agent: AgentId): string => `${KINDS.secret}AGENT#${agent}`;
export const readsOf = (versionId: string): string => `READ#${versionId}#`;
export const personPartition = (person: Person): string => `${KINDS.person}${personId(person)}`;
export const AGENT_LIST = KINDS.agent;
export const OFFBOARDING_LIST = `${KINDS.agent}OFFBOARDING`;
export const agentPartition = (id: AgentId): string => `${KINDS.agent}${id}`;
export const journalPartition = (path: TaskPath): string => `${KINDS.journal}${rootOf(path)}`;
export const agentJournal = (id: AgentId): string => `${KINDS.agentJournal}${id}`;
export const taskPartition = (path: TaskPath): string => `${KINDS.task}${rootOf(path)}`;
export const HALTS = KINDS.halt;
/** Partition of the conditions of each kind. */
export const CONDITION_LISTS = {
  restricts: KINDS.restriction,
  permits: KINDS.relaxation,
} as const satisfies Readonly<Record<ConditionKind, string>>;
export const ACCOUNT_HALTS = KINDS.accountHalt;
export const ACCOUNT_LIFTS = KINDS.accountLift;
export const HEARD = KINDS.heard;
export const livePartition = (agent: AgentId): string => `${KINDS.live}${agent}`;
/** Partition of a tree's live tasks. Differs from every agent's, since an agent's id has no capitals. */
export const treePartition = (path: TaskPath): string => `${KINDS.live}TREE#${rootOf(path)}`;
export const rolePartition = ({ account, role }: RoleRef): string => `${KINDS.role}${account}#${role}`;
export const roleJournal = ({ account, role }: RoleRef): string => `${KINDS.roleJournal}${account}#${role}`;
export const observationsPartition = (path: TaskPath): string => `${KINDS.writes}OBSERVED#${path}`;
export const endedPartition = (role: RoleRef): string => `${rolePartition(role)}#ENDED`;
export const endedOfPartition = (agent: AgentId): string => `${KINDS.ended}${agent}`;
export const endedFrom = (hasDelegated: boolean, endedAt: number): string =>
  `${hasDelegated ? "PARENT" : "LEAF"}#${padded(endedAt)}#`;
export const timerPartitions = (minute: number): readonly string[] =>
  Array.from({ length: TIMER_SHARDS }, (_, shard) => `${KINDS.timer}${minute}#${shard}`);

export const pendingRevocationPartitions = (): readonly string[] =>
  Array.from({ length: REVOCATION_SHARDS }, (_, shard) => `${KINDS.pendingRevocation}${shard}`);

/** Partition of the people whose tasks are being ended. */
export const PERSON_ENDINGS = `${KINDS.ending}PERSONS`;
export const endingPartitions = (): readonly string[] =>
  Array.from({ length: ENDING_SHARDS }, (_, shard) => `${KINDS.ending}${shard}`);
/** Prefix of one agent's sort keys among the open endings; no agent's id has a `#`. */
export const endingsOf = (agent: AgentId): string => `${agent}#`;

/** Chooses a list's partition for a task, by the last character of its root. */
const shardOf = (path: TaskPath, shards: number): number => (rootOf(path).codePointAt(11) ?? 0) % shards;

/**
 * Sorts entries of live tasks by the second of their opening, then by path (their sort key). Every reader thus sees the
 * same order.
 */
export const inOrder = (entries: readonly Item[]): readonly Item[] =>
  entries.toSorted(
    (one, other) =>
      Number(one.openedAt ?? 0) - Number(other.openedAt ?? 0) || (String(one.sk) < String(other.sk) ? -1 : 1),
  );
