import type { EventType } from "../contract/journal-types.ts";
import type { FunctionName } from "../contract/names.ts";
/** Names that the functions, the infrastructure and the local cloud share. Each name is defined here only. */

/** Version of valetkey in the metadata. A test compares it with package.json. */
export const VERSION = "0.1.0";

/**
 * Functions that watch, notify and show. No access ends later where one of them is late, so they make way: they give up
 * early on a busy table, and locally their calls are served after all others.
 */
export const WATCHING = ["observe", "notify", "collect", "archive", "probe", "journal", "explain"] as const;

/** The one function that exists only where it is configured: it receives Security Event Tokens from transmitters. */
export const OPTIONAL_FUNCTION = "signals" satisfies FunctionName;
/** Function that every hub has. */
export type SteadyName = Exclude<FunctionName, typeof OPTIONAL_FUNCTION>;

/** Upper bound on the task roles of a pool, now and before. */
export const MOST_TASK_ROLES = 100;

/** Upper bound on the target accounts of one hub: `test/infra/many-accounts.test.ts` renders a hub with that many. */
export const MOST_ACCOUNTS = 500;

/** Upper bound on the task roles of one hub in all accounts: each minute's sweep requests a reconciliation of each. */
export const MOST_ROLES_IN_ALL = 5_000;

/** Returns the size of a pool with its former roles, which only tasks from before the pool shrank may use. */
export const keptTaskRoles = (pool: { readonly taskRoles: number; readonly formerTaskRoles?: number | undefined }) =>
  Math.max(pool.taskRoles, pool.formerTaskRoles ?? 0);

/** Name of a task role's revocation policy. A task role has no other inline policy. */
export const REVOCATION_POLICY = "valetkey-revocations";

/** `SourceIdentity` of the probe's sessions, and of no others: no agent can have this id. */
export const PROBE_IDENTITY = "valetkey-probe";

/** The only action of a probe's session, which changes nothing and has no resource. IAM alone decides it. */
export const PROBE_ACTION = "s3:ListAllMyBuckets";

/** Session tags: present on every call, transitive through role chaining, and the same on a session's copies of itself. */
export const SESSION_TAGS = {
  agent: "valetkey:agent",
  task: "valetkey:task",
  /** Start of the session's STS call by our clock; epoch seconds. The revocation policy distinguishes sessions by it. */
  started: "valetkey:started",
} as const;

/** Fourth session tag, transitive too: a pseudonym of the person for whom the session acts (`personTag`). */
export const PERSON_TAG = "valetkey:person";
/** IAM pattern of the values of `PERSON_TAG`: 16 characters, as `personTag` makes them. A test compares both. */
export const PERSON_TAG_PATTERN = "?".repeat(16);

/** Tag of a task role with a mark of the actions that the role is limited to. No session can pass it: the trust policy admits the session tags alone. */
export const HELD_TAG = "valetkey:held";

/** Names in the encryption context of a session that stays in the hub. */
export const SESSION_CONTEXT = { task: "valetkey:task", lease: "valetkey:lease" } as const;

/** Partition key prefixes of the one table: a prefix is a kind, so that `dynamodb:LeadingKeys` gives each function only its kinds. */
export const KINDS = {
  agent: "AGENT#",
  /** An agent's live tasks. Separate from its registration: the function that opens tasks may not write registrations. */
  live: "LIVE#",
  /** Active agents, with the fields that decisions use: put by `register` alone, removed by functions that suspend and offboard. */
  active: "ACTIVE#",
  /** The same fields of active and suspended agents, from which an agent is resumed. */
  registration: "REGISTRATION#",
  /** Index of agents by the identities that they are bound to: written by `register` alone. */
  binding: "BINDING#",
  task: "TASK#",
  /** Numbers of callers' requests in a minute, by function. Each function writes under its own name alone, so that none resets or uses up another's count. */
  pace: "PACE#",
  role: "ROLE#",
  /** Writes of each role's revocation policy. */
  writes: "WRITES#",
  /** Load of each role's revocation policy. */
  load: "LOAD#",
  /** Number of live tasks with sessions in the hub: written by the sweep alone. */
  liveCount: "LIVECOUNT#",
  timer: "TIMER#",
  replay: "REPLAY#",
  /** Agents that are halted. */
  halt: "HALT#",
  /** Target accounts that are halted: put by functions that halt, removed by `register` alone. An item means that the halt is in force. */
  accountHalt: "ACCOUNTHALT#",
  /** Latest lift of each account's halts: put by `register` alone. Separate from the halts, so that a function that halts cannot forge a lift. */
  accountLift: "ACCOUNTLIFT#",
  /**
   * Conditions of the world that restrict: put by functions that take away, removed by `register` alone. The sort key has the end, so no put shortens one.
   */
  restriction: "RESTRICTION#",
  /** Conditions of the world that permit: put by `register` alone, removed by `operate`. */
  relaxation: "RELAXATION#",
  /** Grants that were counted by budgets: put by `exchange` alone, removed by nobody. */
  budget: "BUDGET#",
  /** Signatures that were counted by budgets: put by `sign` alone, removed by nobody. */
  callCount: "CALLS#",
  /** Signatures of each task whose sessions stay in the hub, by operation: put by `sign` alone, removed by nobody. */
  signedCalls: "SIGNED#",
  /** Labels that keys hold until their fence: put by `exchange` alone, and removed by it for a task that nobody has. */
  hold: "HOLD#",
  /** Agents that cool down, or are paused for one party, by a rule of escalation: put by `intake` alone, removed by nobody. */
  coolDown: "COOLDOWN#",
  /** Refused requests of agents, for E8: put by the exchange alone, so that nothing else counts against an agent. */
  refused: "REFUSED#",
  /** Numbers of suspensions by rules of escalation: written by `intake` alone, so that no other function can use up a cap. */
  suspensions: "SUSPENSIONS#",
  /** List of escalations for operators: put by `intake` alone, changed and removed by nobody. */
  escalation: "ESCALATION#",
  /** Latest lift of a panic, written by `operate` alone. An item without a lift is a panic that an older version declared. */
  panic: "PANIC#",
  /** Halt of everything: put by `panic`, removed by `operate` alone. An item means that everything is halted, whatever it contains. */
  declaredPanic: "DECLAREDPANIC#",
  /** Secrets that are leased to one task at a time. */
  secret: "SECRET#",
  /** Leases that connectors have to revoke. */
  pendingRevocation: "REVOCATION#",
  /**
   * Tasks that ended while others may be alive below them, and people whose tasks are being ended. Separate from `LIVE#`, where an entry means that its task is
   * alive.
   */
  ending: "ENDING#",
  /** Each person's tasks, put when they are opened, by `exchange` alone. Nobody removes an entry, so no function that ends tasks can hide one. */
  person: "PERSON#",
  /** Moments up to which people's tokens are dead, and their unused votes void. Separate from the tasks: a function that ends them may open none. */
  personCut: "PERSONCUT#",
  /** Each agent's ended tasks, for 90 days. Only an index: tasks and journals are the evidence. */
  ended: "ENDED#",
  /** Journal of tasks. Each journal is separate from its subject: a function that changes the subject may only add to the journal. */
  journal: "JOURNAL#",
  agentJournal: "AGENTJOURNAL#",
  secretJournal: "SECRETJOURNAL#",
  panicJournal: "PANICJOURNAL#",
  /** Journal of task roles' revocation policies, put by `reconcile` alone: no other function can forge a denial. */
  roleJournal: "ROLEJOURNAL#",
  /** Journal of people's decisions, put by `approve` alone. Separate from the tasks' journal: adding to that can block a task's ending. */
  approvalJournal: "APPROVALJOURNAL#",
  /** Journal of refused operators, put by functions that only read: these cannot forge events of tasks and agents. */
  readJournal: "READJOURNAL#",
  /** Journal of what each hour's ended tasks left unused, put by `observe` alone: it can forge no event of tasks and agents. */
  useJournal: "USEJOURNAL#",
  /** Public keys by which seals are verified: put by the one function that can seal. */
  seal: "SEAL#",
  /** Requests for approval and their uses: put by `exchange` alone. */
  approval: "APPROVAL#",
  /** Votes of people, and their decisions against a request: put by `approve` alone. Separate from `APPROVAL#`: the collector of votes cannot use them. */
  vote: "VOTE#",
  /**
   * Announcements of how people decided, for functions that only list tasks: put by `approve` alone. Separate from `VOTE#`: these functions read no token of a
   * vote. Nothing is granted or refused by an announcement.
   */
  decision: "DECISION#",
  /** Sign-ins that were used for operators' acts: put by the functions that perform the acts. */
  act: "ACT#",
  /** Consents of people: put by `exchange` alone, sealed, and never removed by a function. */
  consent: "CONSENT#",
  /** Live consents: put by `exchange` alone, removed by functions that withdraw them and cannot restore one. */
  liveConsent: "LIVECONSENT#",
  /**
   * Presentation and delegation tokens that live: put by `exchange` alone, removed by functions that revoke them and cannot restore one. Separate from the
   * task: whoever may end a task may put an older version of its record back.
   */
  liveToken: "LIVETOKEN#",
  /** Sessions that stay in the hub, encrypted: put by the exchange, read by `sign`, removed by functions that end tasks. */
  keptSession: "SESSION#",
  /** Acceptances of agents' threat models: put by `exchange` alone, sealed, and removed by nobody. */
  acceptance: "ACCEPTANCE#",
  /** Requests that wait for a group: put by `exchange`, removed by `approve`. */
  inbox: "INBOX#",
  /** Broken glasses whose review is due: put by `exchange`, which removes them with the review. */
  glass: "GLASS#",
  /** Messages about agents in channels: written by `notify` alone. */
  notice: "NOTICE#",
  /** Uses that tasks made of their keys, and the events that were counted: written by `observe` alone. */
  use: "USE#",
  seen: "SEEN#",
  /** Time of a task's latest call that reached the hub, by account: written by `observe` alone. */
  heard: "HEARD#",
} as const;
export type Kind = keyof typeof KINDS;

/** Kinds whose items nobody may change or remove. The relay reports every change. */
export const JOURNAL_KINDS = [
  "journal",
  "agentJournal",
  "secretJournal",
  "panicJournal",
  "roleJournal",
  "approvalJournal",
  "readJournal",
  "useJournal",
] as const satisfies readonly Kind[];

/** Kinds of items with an ID token as `token`: of a vote, an operator's act, or the review of a broken glass. */
export const SIGNED_KINDS = ["vote", "act", "approval"] as const satisfies readonly Kind[];

/** Attributes of the table that infrastructure has to know. */
export const TABLE_KEYS = { partition: "pk", sort: "sk", ttl: "ttl" } as const;

/** Sort key of the decision against a request for approval, among the votes on the request. */
export const OUTCOME = "OUTCOME";

/** Journal events that make every role's revocation policy stale: an agent may have sessions in any role. */
export const HALTING_EVENTS = [
  "agent.suspended",
  "agent.offboarding",
  "agent.resumed",
  "panic.declared",
  "panic.lifted",
] as const satisfies readonly EventType[];

/** Journal events after which a role's revocation policy may be out of date. The stream's filter and the relay read this list. */
export const REVOKING_EVENTS = ["task.ended", ...HALTING_EVENTS] as const satisfies readonly EventType[];

/** Journal event of a request for approval. */
export const ASKING_EVENT = "approval.asked" satisfies EventType;

/** Journal event after which live tasks are decided anew. */
export const TIGHTENING_EVENT = "condition.tightened" satisfies EventType;

/** Principal that DynamoDB's stream names where an item was removed by its TTL, and in no other case. */
export const TTL_REMOVER = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;

/** Number of shards of a minute's due list: `TIMER#<minute>#<shard>`. */
export const TIMER_SHARDS = 4;

/** Number of partitions of the pending revocations: `REVOCATION#<shard>`. */
export const REVOCATION_SHARDS = 4;

/** Number of partitions of the open endings: `ENDING#<shard>`. */
export const ENDING_SHARDS = 4;

/** Tags of a secret in Secrets Manager, which alone decide how it can be leased. */
export const SECRET_TAGS = {
  /** `managedMark` of a hub: the hub's `secret` connector may hand it out. */
  managed: "valetkey:managed",
  /** `true`: to one task at a time. */
  exclusive: "valetkey:exclusive",
  /** `value` (the default): the answer contains it. `session`: the task's own AWS session reads it. */
  delivery: "valetkey:delivery",
  /** Kind of its rotation (`ROTATION_KINDS`). Without this tag, valetkey does not rotate the secret. */
  rotates: "valetkey:rotates",
  /** For `generated`: alphabet and length, `alphanumeric/43`. */
  generate: "valetkey:generate",
  /** For `generated`: the field of a JSON value that is rotated. */
  field: "valetkey:field",
  /** For a login: the database in `valetkey.json`. */
  database: "valetkey:database",
  /** For `postgres-alternating`: the first of the two users. A tag, since a writer of the secret's value must not choose whose password is set. */
  user: "valetkey:user",
} as const;
