import type { FunctionName } from "../contract/names.ts";
import { KINDS, type Kind } from "../functions/names.ts";
import { type HubScope, tableArn } from "./arns.ts";
import type { Statement } from "./statement.ts";

/**
 * Actions of DynamoDB for each access. Transactions have no right of their own: they need the right for each item in them. Scan, writes in batches and PartiQL
 * are missing because no function uses them. A Scan has no leading key at all.
 */
const ACTIONS = {
  get: "dynamodb:GetItem",
  query: "dynamodb:Query",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  remove: "dynamodb:DeleteItem",
  /** Condition, in a transaction, on an item that the transaction does not change. */
  check: "dynamodb:ConditionCheckItem",
} as const;
export type Access = keyof typeof ACTIONS;

/** Functions that read several items in one call. All their keys are leading keys of the request. */
const BATCHING: readonly FunctionName[] = ["exchange"];

/**
 * Kinds of items that each function may access, and how (docs/design.md#items).
 * - Only `register` gives rights: it puts registrations, makes agents active, writes their bindings (docs/decisions/0020), and lifts halts of accounts.
 * - `operate`, `intake` and the sweep may take these rights away, and write the rest of an agent's record. The sweep suspends, and begins no offboarding.
 * - Only `revoke-leases` removes a pending revocation, once it was made.
 * - Other removals are of finished timers, and of entries in lists: live tasks and tokens, open endings, roles, halts, live consents, inboxes and broken
 *   glasses.
 * - Nobody changes or removes an item of a journal. But a put may overwrite an item, or have a TTL. The relay sees both, and rings an alarm. IAM cannot forbid an
 *   overwrite. A condition on `dynamodb:Attributes` could forbid the TTL, but AWS does not document how it evaluates a transaction. If it evaluates the
 *   transaction as a whole, two conditions on PutItem would refuse every write.
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
      "declaredPanic",
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
      "liveToken",
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
      "liveToken",
      "acceptance",
      "act",
    ],
    update: ["task", "pace", "replay", "pendingRevocation", "secret", "liveConsent"],
    remove: ["live", "role", "glass"],
    check: ["approval", "vote", "act", "replay", "accountHalt", "personCut", "liveToken"],
  },
  tasks: {
    get: [
      "active",
      "agent",
      "binding",
      "task",
      "live",
      "liveToken",
      "panic",
      "declaredPanic",
      "coolDown",
      "seal",
      "personCut",
      "liveConsent",
    ],
    query: ["live", "approval", "acceptance"],
    put: ["role", "ending", "ended", "journal"],
    update: ["task", "pace"],
    remove: ["live", "liveToken", "role", "ending"],
  },
  operate: {
    get: [
      "active",
      "registration",
      "agent",
      "task",
      "live",
      "panic",
      "declaredPanic",
      "secret",
      "consent",
      "liveConsent",
    ],
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
      "coolDown",
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
    remove: ["active", "registration", "live", "role", "ending", "liveConsent", "declaredPanic"],
    check: ["replay", "personCut"],
  },
  // Declares a panic, and can neither lift one nor write anything else that a decision rests on.
  panic: {
    get: ["panic", "declaredPanic"],
    put: ["declaredPanic", "panicJournal", "readJournal"],
    update: ["pace"],
  },
  register: {
    get: ["active", "registration", "agent", "binding", "accountHalt", "accountLift"],
    query: ["live", "ending", "glass", "coolDown"],
    put: ["active", "registration", "agent", "accountLift", "journal", "agentJournal", "act"],
    update: ["binding", "pace"],
    remove: ["halt", "accountHalt"],
    check: ["replay", "personCut"],
  },
  sweep: {
    get: ["active", "registration", "agent", "task", "timer", "panic", "declaredPanic", "secret"],
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
    get: ["active", "registration", "agent", "task", "liveToken", "suspensions", "accountLift", "consent"],
    query: ["live", "role", "pendingRevocation", "ending", "person", "liveConsent"],
    put: ["agent", "role", "halt", "accountHalt", "escalation", "ending", "ended", "journal", "agentJournal"],
    update: ["task", "suspensions", "coolDown", "personCut"],
    remove: ["active", "registration", "live", "liveToken", "role", "ending", "liveConsent"],
  },
  relay: {},
  reconcile: {
    get: ["panic", "declaredPanic"],
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
  // Writes votes and outcomes only. Reads a task, an agent and a request. The exchange decides whether a vote counts.
  approve: {
    get: ["active", "agent", "task", "vote", "notice", "personCut"],
    query: ["approval", "vote", "inbox"],
    put: ["vote", "approvalJournal"],
    update: ["pace"],
    remove: ["inbox"],
    check: ["approval", "vote"],
  },
  // Explains policy's decisions about an agent. Reads no task, and writes only its own counts and its own journal.
  explain: { get: ["active", "registration", "agent"], put: ["readJournal"], update: ["pace"] },
  // Shows the signed log. Writes only its own counts and its own journal.
  journal: { get: ["active", "registration", "agent"], put: ["readJournal"], update: ["pace"] },
  // Learns from the list of live tasks whether a request still waits. Reads no task.
  notify: { get: ["live", "approval", "notice"], query: ["inbox"], put: ["notice"], update: ["notice"] },
  // Serves files, and has no access to the table.
  console: {},
  signals: {},
  // Counts uses of keys. Other functions act on the counts.
  observe: { get: ["task", "use"], put: ["seen"], update: ["use", "heard"] },
  // No access to the table: `collect` gets its stream, and `archive` reads the batches that `collect` has put.
  collect: {},
  archive: {},
} as const satisfies Record<FunctionName, Partial<Record<Access, readonly Kind[]>>>;

/**
 * Allows a function an access to items of kinds. Allows only the function's own counts of requests (`PACE#`). `ForAllValues` also holds for no value at
 * all, hence `Null`: a request without a leading key is refused.
 */
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
