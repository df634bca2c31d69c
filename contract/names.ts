/** Names and the forms of names on the wire. Each is defined here only. */

/** The deployed functions, each with a role of its own (docs/design.md#functions). */
export const FUNCTIONS = [
  "exchange",
  "tasks",
  "sign",
  "operate",
  "recheck",
  "panic",
  "register",
  "sweep",
  "intake",
  "relay",
  "reconcile",
  "revoke-leases",
  "rotate",
  "probe",
  "notify",
  "approve",
  "explain",
  "journal",
  "observe",
  "collect",
  "archive",
  "console",
  "signals",
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** Ways in which AWS sessions are delivered beside handing out their keys: `sign` keeps each session in the hub, which signs requests by it. */
export const DELIVERIES = ["sign"] as const;
export type Delivery = (typeof DELIVERIES)[number];

export const AGENT_ID = /^[a-z0-9](?:[a-z0-9-]{0,62})[a-z0-9]$/;

/** Form of a task's id: its root, and each level below, each followed by `_`. Earlier ids have dots instead. */
export const TASK_ID = /^[a-z0-9]{12}(?:_(?:[a-z0-9]{4}_){0,9}|\.(?:[a-z0-9]{4}\.){0,9})$/;

/** Form of a task's id as people and agents may write it: with its last separator, or without. */
export const GIVEN_TASK_ID = /^[a-z0-9]{12}(?:(?:_[a-z0-9]{4}){0,9}_?|(?:\.[a-z0-9]{4}){0,9}\.?)$/;

/** Path of a task within a longer text, as a source of expressions. Wider than `TASK_ID`, which decides. */
export const TASK_PATH = "[a-z0-9._]{13,58}";
/** 256 random bits, base64url, as a source of expressions. */
const SECRET = "[A-Za-z0-9_-]{43}";

/** Token of any kind within a longer text, as a source of expressions, with groups for its kind, path and secret. */
export const TOKEN_WITHIN = `(vk[pd]?)_(${TASK_PATH})_(${SECRET})`;

/** Form of a token of any kind, with groups for its kind, its task's path and its secret. */
export const TOKEN = new RegExp(`^${TOKEN_WITHIN}$`);

/** Makes the form of the tokens of one kind. */
export const tokenForm = (kind: "vk" | "vkp" | "vkd"): RegExp => new RegExp(`^${kind}_${TASK_PATH}_${SECRET}$`);

/** Form of the id of a request for approval. */
export const APPROVAL_ID = /^[a-z0-9]{16,64}$/;

/** Form of a secret's name in AWS Secrets Manager: no ARN, no wildcard. */
export const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** Statuses of an agent, from the least final one. `offboarding` cannot be undone; of an `offboarded` agent only the record is left. */
export const AGENT_STATUSES = ["active", "suspended", "offboarding", "offboarded"] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** Form of a short name, of a condition of the world, a label of permits or a budget: as a pattern, and in words. */
export const SHORT_NAME = {
  pattern: "[a-z][a-z0-9-]{0,31}",
  words: "1 to 32 of a-z, 0-9 and -, the first a letter",
} as const;

/** Form of the name of a condition of the world, of a label of permits, and of a budget: `change-freeze`. */
export const CONDITION_NAME = new RegExp(`^${SHORT_NAME.pattern}$`);

/** Effects that a condition may have on policies: where it holds, they permit no more than without it, or no less. */
export const CONDITION_KINDS = ["restricts", "permits"] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/** Effects of the calls of a ledger's row: one of them may change something, none does, or IAM has no such action. */
export const EFFECTS = ["change", "read", "unknown"] as const;
export type Effect = (typeof EFFECTS)[number];

/** Scopes of a budget: whose grants are counted together. */
export const BUDGET_SCOPES = ["agent", "person", "team", "tree", "hub"] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** Holders that never have keys of both labels of a conflict. */
export const CONFLICT_SCOPES = ["agent", "person", "tree"] as const;
export type ConflictScope = (typeof CONFLICT_SCOPES)[number];

/** Kinds of places in which a condition may be set. */
export const SCOPE_KINDS = ["hub", "account", "team", "agent"] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

/**
 * Form of the place in which a condition is set: `hub`, `account:111122223333`, `team:data`, `agent:reporter`. A team's name is one line without control
 * characters.
 */
export const CONDITION_SCOPE = new RegExp(
  `^(?:hub|account:\\d{12}|agent:${AGENT_ID.source.slice(1, -1)}|team:[^\\p{C}\\p{Zl}\\p{Zp}]{1,64})$`,
  "u",
);

/**
 * Label of an agent, which policies match: `principal.labels.contains("deployer")`. In lower case, so that a label has
 * one spelling only.
 */
export const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Rules of escalation (docs/escalation.md). */
export const RULE_IDS = ["E1", "E2", "E3", "E4", "E6", "E7", "E8"] as const;
export type RuleId = (typeof RULE_IDS)[number];

/** Responses to an escalation. Each response does something that the earlier ones in a rule's list do not. */
export const CONTAINMENTS = [
  "alarm",
  "revoke_token",
  "cool_down",
  "end_task",
  "suspend_agent",
  "halt_account",
] as const;
export type Containment = (typeof CONTAINMENTS)[number];

/** Form of the response that sets a condition of the world for the agent, in place of suspending it: `set:watched`. */
export const SETS_CONDITION = new RegExp(`^set:${SHORT_NAME.pattern}$`);
export type SetsCondition = `set:${string}`;

/** Response that `valetkey.json` configures for a rule. */
export type Configured = Containment | SetsCondition;

/**
 * Responses that are made. `pause_party` takes the place of `suspend_agent` for a task that acts for somebody: the task
 * ends, and its agent is paused for that party alone.
 */
export const DONE = [...CONTAINMENTS, "pause_party"] as const;
export type Done = (typeof DONE)[number] | SetsCondition;

/** Name of a tool. Each is also a scope token (RFC 6749, section 3.3). */
export const TOOL_NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;

/**
 * Header of a client that renews its sessions by itself, before they end: `1`. While IAM cannot be written, such a client
 * gets shorter sessions.
 */
export const RENEWS_HEADER = "valetkey-renews";

/** Grants of `POST /v1/token`. */
export const GRANT_TYPES = {
  /** Token exchange (RFC 8693). */
  exchange: "urn:ietf:params:oauth:grant-type:token-exchange",
  /** The agent's own token as an assertion (RFC 7523). */
  assertion: "urn:ietf:params:oauth:grant-type:jwt-bearer",
} as const;

/** Token types of this project, beside those of RFC 8693. */
export const TOKEN_TYPES = {
  task: "urn:valetkey:token-type:task",
  presentation: "urn:valetkey:token-type:presentation",
  delegation: "urn:valetkey:token-type:delegation",
  accessToken: "urn:ietf:params:oauth:token-type:access_token",
  jwt: "urn:ietf:params:oauth:token-type:jwt",
  idToken: "urn:ietf:params:oauth:token-type:id_token",
} as const;

/** Form of an AWS account's id. */
export const ACCOUNT_ID = /^\d{12}$/;
/** Name of an account for people: 1 to 40 plain characters with a letter among them, and nothing that reads as an account's id. */
export const ACCOUNT_NAME = /^(?=.*[A-Za-z])(?!.*\d{12})[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$/;

/** Form of a Region of the partitions aws, aws-cn and aws-us-gov. */
export const REGION = /^(?!(?:us|eu)-iso)[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * IAM condition operators that an intent may use, all of which can only narrow. `...IfExists` and `ForAllValues:` are left
 * out, since they also hold where the key is missing.
 */
export const CONDITION_OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "IpAddress",
  "ArnLike",
  "ArnEquals",
  "ForAnyValue:StringEquals",
  "ForAnyValue:StringLike",
] as const;

/** Sources of events on the bus. `own`: valetkey itself. `request`: publishers that may request an ending from outside (docs/events.md). */
export const BUS_SOURCES = { own: "valetkey", request: "valetkey.request" } as const;

/** `detail-type` of the journal's events on the bus, in the form of OCSF. */
export const OCSF_EVENT = "ocsf";

/** `detail-type` of a request to set a condition of the world. */
export const CONDITION_EVENT = "condition.set";

/** Requests of an ending that the bus takes from `bus.publishers`: the `detail-type` of an event. */
export const BUS_ENDINGS = ["task.end", "agent.suspend", "agent.offboard", "person.offboard"] as const;

/** Requests that the bus takes: the `detail-type` of an event. */
export const BUS_REQUESTS = [...BUS_ENDINGS, CONDITION_EVENT] as const;
export type BusRequestType = (typeof BUS_REQUESTS)[number];

/** `detail-type` of a request to end everything for a person. Under our own source it comes from `signals`. */
export const PERSON_EVENT = "person.offboard" satisfies BusRequestType;

/** `detail-type` of the event that reports an escalation, and type of the journal event. Put on the bus by `observe` and `exchange` alone. */
export const ESCALATION_EVENT = "escalation.detected";

/** Names before what is hashed for a vote, each followed by a line feed: a vote for one kind is never one for another. */
export const HASH_DOMAINS = {
  approval: "valetkey/approval/v1",
  /** Several approvals by one sign-in. */
  approvals: "valetkey/approvals/v1",
  /** An approval that one person gives alone. */
  glass: "valetkey/break-glass/v1",
  /** The review of an approval that one person gave alone. */
  review: "valetkey/review/v1",
  /** An operator's act, a consent, an acceptance. */
  act: "valetkey/act/v1",
} as const;

/** Decisions of a person about a request. */
export const OWN_DECISIONS = ["approved", "denied", "withdrawn"] as const;
export type OwnDecisionKind = (typeof OWN_DECISIONS)[number];

/** Hint of a denial for a standing approval that policy does not let people give. Clients propose the request without it. */
export const WITHOUT_STANDING = "Ask without `standing`.";
