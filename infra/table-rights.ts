import { type FunctionName, KINDS, type Kind } from "../functions/names.ts";
import { type HubScope, tableArn } from "./arns.ts";
import type { Statement } from "./statement.ts";

/**
 * Actions of DynamoDB for each access. Transactions have no right of their own: they need the right for each item in them.
 * Scan, writes in batches and PartiQL are missing because nothing uses them, and Scan carries no leading key at all.
 */
const ACTIONS = {
  get: "dynamodb:GetItem",
  query: "dynamodb:Query",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  remove: "dynamodb:DeleteItem",
  /** A condition, in a transaction, on an item that the transaction does not change. */
  check: "dynamodb:ConditionCheckItem",
} as const;
export type Access = keyof typeof ACTIONS;

/** Functions that read several items in one call, whose keys are all leading keys of the request. */
const BATCHING: readonly FunctionName[] = ["exchange"];

/**
 * Kinds of items that each function touches, and how (docs/design.md#items).
 * Only `register` gives: it alone puts a registration, makes an agent active, writes who is bound to it (docs/decisions/0020), and lifts the halt of an account. `operate`, `intake` and the
 * sweep can take that away (the sweep suspends, and begins no offboarding), and write the rest of an agent's record. Only `revoke-leases` removes what has to be taken back, once it was. Nobody removes
 * anything but that, an entry in the lists of live tasks, of open endings and of halted agents, one of a role that goes over to those that ended, and
 * the sweep what it has done with: what is registered cannot be taken back by any function. Of journals nobody changes or removes an item. A put
 * may write over one, which IAM cannot forbid: `dynamodb:Attributes` could keep a TTL off, but nothing says whether a transaction is asked about as a
 * whole or item by item, and two conditions on PutItem would refuse every write if it is the former. The relay sees both, and rings.
 */
export const TABLE_RIGHTS = {
  exchange: {
    get: [
      "active",
      "agent",
      "binding",
      "task",
      "live",
      "replay",
      "panic",
      "accountHalt",
      "coolDown",
      "load",
      "secret",
      "seal",
      "approval",
      "vote",
      "act",
      "personCut",
      "consent",
      "liveConsent",
    ],
    query: ["live", "approval", "vote", "refused", "acceptance"],
    put: [
      "task",
      "role",
      "live",
      "timer",
      "pendingRevocation",
      "secret",
      "seal",
      "journal",
      "approval",
      "inbox",
      "glass",
      "ended",
      "refused",
      "person",
      "consent",
      "liveConsent",
      "acceptance",
      "act",
    ],
    update: ["task", "pace", "replay", "pendingRevocation", "secret", "liveConsent"],
    remove: ["live", "role", "glass"],
    check: ["approval", "vote", "act", "replay", "accountHalt", "personCut"],
  },
  tasks: {
    get: ["active", "agent", "binding", "task", "live", "panic", "seal", "personCut", "liveConsent"],
    query: ["live", "approval"],
    put: ["role", "ending", "ended", "journal"],
    update: ["task", "pace"],
    remove: ["live", "role", "ending"],
  },
  operate: {
    get: ["active", "registration", "agent", "task", "live", "panic", "secret", "consent", "liveConsent"],
    query: [
      "agent",
      "acceptance",
      "liveConsent",
      "live",
      "task",
      "role",
      "writes",
      "roleJournal",
      "pendingRevocation",
      "secret",
      "ending",
      "journal",
      "agentJournal",
      "approval",
      "use",
      "ended",
      "person",
      "accountHalt",
      "accountLift",
      "inbox",
      "escalation",
    ],
    put: [
      "agent",
      "role",
      "halt",
      "accountHalt",
      "ending",
      "ended",
      "journal",
      "agentJournal",
      "secretJournal",
      "panicJournal",
      "act",
    ],
    update: ["task", "pace", "panic", "secret", "personCut"],
    remove: ["active", "registration", "live", "role", "ending", "liveConsent"],
    check: ["replay", "personCut"],
  },
  register: {
    get: ["active", "registration", "agent", "binding", "accountHalt", "accountLift"],
    query: ["live", "ending"],
    put: ["active", "registration", "agent", "accountLift", "journal", "agentJournal", "act"],
    update: ["binding", "pace"],
    remove: ["halt", "accountHalt"],
    check: ["replay", "personCut"],
  },
  sweep: {
    get: ["active", "registration", "agent", "task", "timer", "panic", "secret"],
    query: [
      "timer",
      "agent",
      "live",
      "task",
      "role",
      "writes",
      "roleJournal",
      "pendingRevocation",
      "halt",
      "secret",
      "ending",
      "journal",
      "agentJournal",
      "glass",
      "heard",
      "person",
    ],
    put: ["agent", "role", "timer", "halt", "ending", "ended", "journal", "agentJournal", "secretJournal"],
    update: ["task", "timer", "secret"],
    remove: ["active", "live", "role", "timer", "ending"],
  },
  intake: {
    get: ["active", "registration", "agent", "task", "suspensions", "accountLift", "consent"],
    query: ["live", "role", "pendingRevocation", "ending", "person", "liveConsent"],
    put: ["agent", "role", "halt", "accountHalt", "escalation", "ending", "ended", "journal", "agentJournal"],
    update: ["task", "suspensions", "coolDown", "personCut"],
    remove: ["active", "registration", "live", "role", "ending", "liveConsent"],
  },
  relay: {},
  reconcile: {
    get: ["panic"],
    query: ["role", "halt", "roleJournal"],
    put: ["roleJournal"],
    update: ["load"],
  },
  "revoke-leases": {
    get: ["task", "pendingRevocation"],
    put: ["journal"],
    update: ["task", "secret"],
    remove: ["pendingRevocation"],
  },
  rotate: { get: ["secret"], query: ["secret"], put: ["secretJournal"], update: ["secret"] },
  probe: { query: ["roleJournal"], put: ["writes"] },
  // The function writes votes and outcomes alone. A task, an agent and a request are read; whether a vote counts is the exchange's to say.
  approve: {
    get: ["active", "agent", "task", "vote", "notice", "personCut"],
    query: ["approval", "vote", "inbox"],
    put: ["vote", "approvalJournal"],
    update: ["pace"],
    remove: ["inbox"],
    check: ["approval", "vote"],
  },
  // The function explains what policy says of an agent. It sees no task, and changes nothing but counts of its own and its own journal.
  explain: { get: ["active", "registration", "agent"], put: ["readJournal"], update: ["pace"] },
  // The function shows the signed log. It writes nothing but counts of its own and its own journal.
  journal: { get: ["active", "registration", "agent"], put: ["readJournal"], update: ["pace"] },
  notify: { get: ["approval", "notice"], query: ["inbox"], put: ["notice"], update: ["notice"] },
  // The function serves files, and reaches nothing.
  console: {},
  signals: {},
  // The function counts what tasks did. Other functions decide what follows from the counts.
  observe: { get: ["task", "use"], put: ["seen"], update: ["use", "heard"] },
  // Neither reaches the table: one is handed its stream, the other reads what the first has put into the archive.
  collect: {},
  archive: {},
} as const satisfies Record<FunctionName, Partial<Record<Access, readonly Kind[]>>>;

/** Allows a function an access to items of kinds; of paces, to its own alone. `ForAllValues` is also true of no value at all, hence the `Null`: a request without a leading key is refused. */
export function onKinds(access: Access, kinds: readonly Kind[], by: FunctionName, scope: HubScope): Statement {
  return {
    Sid: `${access.slice(0, 1).toUpperCase()}${access.slice(1)}Items`,
    Effect: "Allow",
    Action: [ACTIONS[access], ...(access === "get" && BATCHING.includes(by) ? ["dynamodb:BatchGetItem"] : [])],
    Resource: [tableArn(scope)],
    Condition: {
      "ForAllValues:StringLike": {
        "dynamodb:LeadingKeys": kinds.map((kind) => `${KINDS[kind]}${kind === "pace" ? `${by}#` : ""}*`),
      },
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
}
