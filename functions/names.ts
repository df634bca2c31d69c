/** Names that the functions, the infrastructure and the local cloud share. A name is here once, and nowhere else. */

/** Version of valetkey, which the metadata says: package.json's, as a test holds. */
export const VERSION = "0.1.0";

/** The deployed functions, each with a role of its own (docs/design.md#functions). */
export const FUNCTIONS = [
  "exchange",
  "tasks",
  "operate",
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

/** The one function that exists only where the configuration asks for it: it hears transmitters of Security Event Tokens. */
export const OPTIONAL_FUNCTION = "signals" satisfies FunctionName;
/** Function that every hub has. */
export type SteadyName = Exclude<FunctionName, typeof OPTIONAL_FUNCTION>;

/** The most task roles that a pool can have, or have had. */
export const MOST_TASK_ROLES = 100;

/** The most target accounts of one hub: `test/infra/many-accounts.test.ts` renders a hub of so many. */
export const MOST_ACCOUNTS = 500;

/** The most task roles of one hub in all accounts: each minute's sweep asks for every one. */
export const MOST_ROLES_IN_ALL = 5_000;

/** The size of a pool with the roles that only tasks from before it was made smaller may use. */
export const keptTaskRoles = (pool: { readonly taskRoles: number; readonly formerTaskRoles?: number | undefined }) =>
  Math.max(pool.taskRoles, pool.formerTaskRoles ?? 0);

/** The inline policy that holds what is revoked; a task role has no other inline policy. */
export const REVOCATION_POLICY = "valetkey-revocations";

/** The `SourceIdentity` of the probe's sessions, and of no other: an agent's id that no agent can have. */
export const PROBE_IDENTITY = "valetkey-probe";

/** All that a probe's session may do: it changes nothing, takes no resource, and is decided by IAM alone. */
export const PROBE_ACTION = "s3:ListAllMyBuckets";

/** Session tags: present on every call, transitive through role chaining, and the same on whatever a session copies itself into. */
export const SESSION_TAGS = {
  agent: "valetkey:agent",
  task: "valetkey:task",
  /** Start of the session's STS call by our clock; epoch seconds. The revocation policy tells sessions apart by it. */
  started: "valetkey:started",
} as const;

/** Fourth session tag, transitive too: a pseudonym of the person for whom the session acts (`personTag`). */
export const PERSON_TAG = "valetkey:person";
/** IAM pattern of that tag's values: 16 characters, as `personTag` makes them; a test compares. */
export const PERSON_TAG_PATTERN = "?".repeat(16);

/** Tag of a task role: mark of the names of actions to which the role is held. No session can pass it, since the trust policy admits the session tags alone. */
export const HELD_TAG = "valetkey:held";

/** Partition key prefixes of the one table: a prefix is a kind, so that `dynamodb:LeadingKeys` gives each function only its kinds. */
export const KINDS = {
  agent: "AGENT#",
  /** An agent's live tasks. Apart from its registration, so that who opens tasks cannot write registrations. */
  live: "LIVE#",
  /** Agents that are active, with what decisions on them rest on: put by `register` alone, removed by whoever takes away. */
  active: "ACTIVE#",
  /** The same for those that are suspended too: what resuming an agent goes back to. */
  registration: "REGISTRATION#",
  /** Index of the agents by the identities that they are bound to: written by `register` alone. */
  binding: "BINDING#",
  task: "TASK#",
  /** Number of requests of callers in a minute, by function. Each function writes below its own name alone, so that none resets or uses up what another counts. */
  pace: "PACE#",
  role: "ROLE#",
  /** Writes of each role's revocation policy. */
  writes: "WRITES#",
  /** Load of each role's revocation policy. */
  load: "LOAD#",
  timer: "TIMER#",
  replay: "REPLAY#",
  /** Agents that are halted. */
  halt: "HALT#",
  /** Target accounts that are halted: put by those who may halt, removed by `register` alone, since an item is a halt in force. */
  accountHalt: "ACCOUNTHALT#",
  /** Latest lift of each account's halts: put by `register` alone. Apart from the halts, so that who may halt cannot say that nothing from before counts. */
  accountLift: "ACCOUNTLIFT#",
  /** Agents that a rule of escalation has cool down: put by `intake` alone. */
  coolDown: "COOLDOWN#",
  /** Refused requests of agents, for E8: put by the exchange alone, so that nobody else counts against an agent. */
  refused: "REFUSED#",
  /** Suspensions by rules of escalation, counted: written by `intake` alone, so that who changes tasks cannot use them up. */
  suspensions: "SUSPENSIONS#",
  /** Escalations that were found, listed for operators: put by `intake` alone, changed and removed by nobody. */
  escalation: "ESCALATION#",
  /** Halt of everything. It is apart from them: a function that may halt an agent cannot lift a panic. */
  panic: "PANIC#",
  /** Secrets that are leased to one task at a time. */
  secret: "SECRET#",
  /** Leases that connectors have to take back. */
  pendingRevocation: "REVOCATION#",
  /** Tasks that ended while others may be alive below them, and people whose tasks are being ended. Apart from `LIVE#`, where an entry means that its task is alive. */
  ending: "ENDING#",
  /** Each person's tasks, written at their opening by `exchange` alone; nobody removes an entry, so that none who ends tasks can hide one. */
  person: "PERSON#",
  /** Moments up to which people's proofs are dead, and their unused votes void. Apart from the tasks: who ends a person's tasks opens none. */
  personCut: "PERSONCUT#",
  /** Each agent's ended tasks, for 90 days. A place to look, and no evidence: tasks and journals are. */
  ended: "ENDED#",
  /** Journal of tasks. Each journal is apart from what it tells of: who may change that can add to its journal, and change nothing in it. */
  journal: "JOURNAL#",
  agentJournal: "AGENTJOURNAL#",
  secretJournal: "SECRETJOURNAL#",
  panicJournal: "PANICJOURNAL#",
  /** Journal of task roles' revocation policies, put by `reconcile` alone: what it says was denied, no other function can make up. */
  roleJournal: "ROLEJOURNAL#",
  /** Journal of people's decisions, put by `approve` alone. Apart from the tasks': who may add an event there can keep a task from ending. */
  approvalJournal: "APPROVALJOURNAL#",
  /** Journal of refused operators, put by functions that only read: these can make up no event of a task or an agent. */
  readJournal: "READJOURNAL#",
  /** Public keys by which seals are verified: written by the one function that can seal. */
  seal: "SEAL#",
  /** Requests for approval and their uses: put by `exchange` alone. */
  approval: "APPROVAL#",
  /** Votes of people, and their decisions against a request: put by `approve` alone. Apart from `APPROVAL#`, so that who collects votes cannot use them. */
  vote: "VOTE#",
  /** Sign-ins that were used for operators' acts: put by those who perform such acts. */
  act: "ACT#",
  /** Consents of people: put by `exchange` alone, sealed, and never removed by a function. */
  consent: "CONSENT#",
  /** Consents that live: put by `exchange` alone, removed by who withdraws them. Nobody else can bring one back. */
  liveConsent: "LIVECONSENT#",
  /** Acceptances of agents' threat models: put by `exchange` alone, sealed, and removed by nobody. */
  acceptance: "ACCEPTANCE#",
  /** Requests that wait for a group: put by `exchange`, removed by `approve`. */
  inbox: "INBOX#",
  /** Broken glasses whose review is due: put by `exchange`, removed by it with the review. */
  glass: "GLASS#",
  /** Messages about agents in channels: written by `notify` alone. */
  notice: "NOTICE#",
  /** Uses that tasks made of their keys, and the events that were counted: written by `observe` alone. */
  use: "USE#",
  seen: "SEEN#",
  /** Time of the last call of a task that was heard of, by account; written by `observe` alone. */
  heard: "HEARD#",
} as const;
export type Kind = keyof typeof KINDS;

/** Kinds of which nobody changes or removes an item, so that whoever does it shows. */
export const JOURNAL_KINDS = [
  "journal",
  "agentJournal",
  "secretJournal",
  "panicJournal",
  "roleJournal",
  "approvalJournal",
  "readJournal",
] as const satisfies readonly Kind[];

/** Kinds of items that hold, as `token`, an ID token by which a person signed: a vote, an operator's act, the review of a broken glass. */
export const SIGNED_KINDS = ["vote", "act", "approval"] as const satisfies readonly Kind[];

/** Attributes of the table that infrastructure has to know. */
export const TABLE_KEYS = { partition: "pk", sort: "sk", ttl: "ttl" } as const;

/** Journal events that make every role's revocation policy stale: an agent may have sessions in any role. */
export const HALTING_EVENTS = [
  "agent.suspended",
  "agent.offboarding",
  "agent.resumed",
  "panic.declared",
  "panic.lifted",
] as const;

/** Journal events after which a role's revocation policy may be out of date: the stream's filter and the relay read the same list. */
export const REVOKING_EVENTS = ["task.ended", ...HALTING_EVENTS] as const;

/** Journal event of a request for approval. */
export const ASKING_EVENT = "approval.asked";

/** Sources of events on the bus: `own` is valetkey itself, `request` is whoever may ask for an ending from outside (docs/events.md). */
export const BUS_SOURCES = { own: "valetkey", request: "valetkey.request" } as const;

/** Detail-type of the journal's events on the bus, as OCSF has them. */
export const OCSF_EVENT = "ocsf";

/** Requests that the bus takes: the `detail-type` of an event. */
export const BUS_REQUESTS = ["task.end", "agent.suspend", "agent.offboard", "person.offboard"] as const;
export type BusRequestType = (typeof BUS_REQUESTS)[number];

/** `detail-type` of a request to end everything for a person; under our own source it is the word of `signals`. */
export const PERSON_EVENT = "person.offboard" satisfies BusRequestType;

/** `detail-type` of the event by which valetkey tells of an escalation, and type of the journal event. Put by `observe` and `exchange` alone. */
export const ESCALATION_EVENT = "escalation.detected";

/** Principal that DynamoDB's stream names where an item was removed because its TTL had passed, and in no other case. */
export const TTL_REMOVER = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;

/** Number of shards of a minute's due list: `TIMER#<minute>#<shard>`. */
export const TIMER_SHARDS = 4;

/** Over how many partitions what is to be taken back is spread: `REVOCATION#<shard>`. */
export const REVOCATION_SHARDS = 4;

/** Over how many partitions the open endings are spread: `ENDING#<shard>`. */
export const ENDING_SHARDS = 4;

/** Tags of a secret in Secrets Manager: by these, and by nothing else, it can be leased. */
export const SECRET_TAGS = {
  /** `managedMark` of a hub: the hub's `secret` connector may hand it out. */
  managed: "valetkey:managed",
  /** `true`: to one task at a time. */
  exclusive: "valetkey:exclusive",
  /** `value` (unless it says otherwise), or `session`: the task's own AWS session reads it. */
  delivery: "valetkey:delivery",
  /** Kind of its rotation (`ROTATION_KINDS`); without it, valetkey does not rotate it. */
  rotates: "valetkey:rotates",
  /** For `generated`: alphabet and length, `alphanumeric/43`. */
  generate: "valetkey:generate",
  /** For `generated`: which field of a JSON value. */
  field: "valetkey:field",
  /** For a login: the database in `valetkey.json`. */
  database: "valetkey:database",
  /** For `postgres-alternating`: the first of the two users. A tag, since who may write a secret's value must not choose whose password is set. */
  user: "valetkey:user",
} as const;

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
