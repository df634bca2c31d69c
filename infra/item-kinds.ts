import type { FunctionName } from "../contract/names.ts";
import type { SealedKind } from "../functions/core/seals/record-key.ts";
import type { Kind } from "../functions/names.ts";
import type { Access } from "./table-access.ts";

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

/** Kind of items of the table: the functions that may access it, what rests on it, and what an older value gains. */
interface ItemKind {
  /** Accesses of each function. The rights of the functions' roles follow from these (docs/design.md#items). */
  readonly may: Readonly<Partial<Record<FunctionName, readonly Access[]>>>;
  /** Kinds of the seals in its items. */
  readonly seals: readonly SealedKind[];
  /**
   * Items that the table's TTL removes: all of the kind, none, or those whose key or state has an end. A test watches
   * what the adapters write.
   */
  readonly expires: "always" | "never" | "partly";
  readonly rests: string;
  readonly why: Reason;
  /** Effect of an older value that a function puts back which does not give it. */
  readonly follows: string;
}

/**
 * Every kind of items. A kind without a row does not compile. The rights of every function and the page of what an older value gains follow from the rows.
 * - Only `register` gives rights: it puts registrations, makes agents active, writes their bindings (docs/decisions/0020), and lifts halts of accounts.
 * - `operate`, `intake` and the sweep may take these rights away, and write the rest of an agent's record. The sweep suspends, and begins no offboarding.
 * - Only `revoke-leases` removes a pending revocation, once it was made.
 * - Other removals are of finished timers, and of entries in lists: live tasks and tokens, open endings, roles, halts, live consents, inboxes and broken
 *   glasses.
 * - Nobody changes or removes an item of a journal. But a put may overwrite an item, or have a TTL. The relay sees both, and rings an alarm. IAM cannot forbid an
 *   overwrite. A condition on `dynamodb:Attributes` could forbid the TTL, but AWS does not document how it evaluates a transaction. If it evaluates the
 *   transaction as a whole, two conditions on PutItem would refuse every write.
 * - `panic` declares a panic, and can neither lift one nor write anything else that a decision rests on.
 * - `approve` writes votes, outcomes and announcements of these only. The exchange decides whether a vote counts.
 * - `explain` and `journal` write only their own counts and their own journal. `notify` learns from the list of live tasks whether a request still waits.
 * - `observe` counts uses of keys; other functions act on the counts. `console`, `collect` and `archive` have no access to the table.
 */
export const ITEM_KINDS = {
  agent: {
    may: {
      exchange: ["get"],
      tasks: ["get"],
      operate: ["get", "query", "put"],
      register: ["get", "put"],
      sweep: ["get", "query", "put"],
      intake: ["get", "put"],
      approve: ["get"],
      explain: ["get"],
      journal: ["get"],
    },
    seals: [],
    expires: "partly",
    rests: "the words of a refusal",
    why: "told",
    follows: "lists and reports show untruths; an unconfirmed agent is overlooked",
  },
  live: {
    may: {
      exchange: ["get", "query", "put", "remove"],
      tasks: ["get", "query", "remove"],
      operate: ["get", "query", "remove"],
      register: ["query"],
      sweep: ["query", "remove"],
      intake: ["query", "remove"],
      notify: ["get"],
    },
    seals: [],
    expires: "partly",
    rests: "that a task lives",
    why: "lives",
    follows: "an ended task stays ended",
  },
  active: {
    may: {
      exchange: ["get"],
      tasks: ["get"],
      operate: ["get", "remove"],
      register: ["get", "put"],
      sweep: ["get", "remove"],
      intake: ["get", "remove"],
      approve: ["get"],
      explain: ["get"],
      journal: ["get"],
    },
    seals: [],
    expires: "never",
    rests: "that an agent is active, and its facts",
    why: "lives",
    follows: "a suspended agent stays so",
  },
  registration: {
    may: {
      operate: ["get", "remove"],
      register: ["get", "put"],
      sweep: ["get"],
      intake: ["get", "remove"],
      explain: ["get"],
      journal: ["get"],
    },
    seals: [],
    expires: "never",
    rests: "as what an agent is resumed",
    why: "lives",
    follows: "an offboarded agent is not resumed",
  },
  binding: {
    may: { exchange: ["get"], tasks: ["get"], register: ["get", "update"], explain: ["get"] },
    seals: [],
    expires: "never",
    rests: "where to look for a token's agent",
    why: "alone",
    follows: "nothing: ACTIVE# decides",
  },
  task: {
    may: {
      exchange: ["get", "put", "update"],
      tasks: ["get", "update"],
      operate: ["get", "query", "update"],
      sweep: ["get", "query", "update"],
      intake: ["get", "update"],
      "revoke-leases": ["get", "update"],
      approve: ["get"],
      observe: ["get"],
    },
    seals: ["task", "task-token", "presentation", "delegation", "connector-lease"],
    expires: "partly",
    rests: "what a task may do, and until when",
    why: "fields",
    follows: "the fields below",
  },
  pace: {
    may: {
      exchange: ["update"],
      tasks: ["update"],
      operate: ["update"],
      panic: ["update"],
      register: ["update"],
      approve: ["update"],
      explain: ["update"],
      journal: ["update"],
    },
    seals: [],
    expires: "always",
    rests: "rates of a function's callers",
    why: "alone",
    follows: "nothing: each function has its own prefix",
  },
  role: {
    may: {
      exchange: ["put", "remove"],
      tasks: ["put", "remove"],
      operate: ["query", "put", "remove"],
      sweep: ["query", "put", "remove"],
      intake: ["query", "put", "remove"],
      reconcile: ["query"],
    },
    seals: [],
    expires: "always",
    rests: "what IAM denies in a role",
    why: "told",
    follows: "an ended task's sessions go on until their fence",
  },
  writes: {
    may: { operate: ["query"], sweep: ["query"], probe: ["put"] },
    seals: [],
    expires: "always",
    rests: "what probes have seen",
    why: "alone",
    follows: "nothing",
  },
  load: {
    may: { exchange: ["get"], operate: ["get"], reconcile: ["update"], sweep: ["get"] },
    seals: [],
    expires: "never",
    rests: "admission to a role, and what is issued there while IAM cannot be written",
    why: "alone",
    follows: "nothing",
  },
  liveCount: {
    may: { exchange: ["get"], sweep: ["update"] },
    seals: [],
    expires: "never",
    rests: "the fences of sessions that are issued while IAM cannot be written",
    why: "alone",
    follows: "nothing",
  },
  timer: {
    may: { exchange: ["put"], sweep: ["get", "query", "put", "update", "remove"] },
    seals: [],
    expires: "partly",
    rests: "when the sweep looks at a task",
    why: "told",
    follows: "a deadline is missed by the sweep; nothing is issued after it",
  },
  replay: {
    may: { exchange: ["get", "update", "check"], operate: ["check"], register: ["check"], explain: ["get"] },
    seals: [],
    expires: "always",
    rests: "that a token, a key, a delegation, a sign-in is used",
    why: "alone",
    follows: "a used one stays used",
  },
  halt: {
    may: { operate: ["put"], register: ["remove"], sweep: ["query", "put"], intake: ["put"], reconcile: ["query"] },
    seals: [],
    expires: "always",
    rests: "which agents IAM denies",
    why: "told",
    follows: "a halted agent's sessions go on until their fence; nothing is issued",
  },
  accountHalt: {
    may: { exchange: ["get", "check"], operate: ["query", "put"], register: ["get", "remove"], intake: ["put"] },
    seals: [],
    expires: "never",
    rests: "that an account is halted",
    why: "told",
    follows: "a put with a TTL in the past ends the halt within days, and rings at once",
  },
  restriction: {
    may: { exchange: ["query"], tasks: ["query"], operate: ["query", "put"], register: ["query", "remove"] },
    seals: [],
    expires: "never",
    rests: "that a condition restricts what policy permits",
    why: "told",
    follows: "a put with a TTL in the past ends the condition within days, and rings at once",
  },
  relaxation: {
    may: { exchange: ["query"], tasks: ["query"], operate: ["query", "remove"], register: ["query", "put"] },
    seals: [],
    expires: "never",
    rests: "that a condition permits more than policy does without it",
    why: "lives",
    follows: "nothing",
  },
  accountLift: {
    may: { operate: ["query"], register: ["get", "put"], intake: ["get"] },
    seals: [],
    expires: "never",
    rests: "that an older event halts no account again",
    why: "alone",
    follows: "nothing",
  },
  coolDown: {
    may: { exchange: ["get"], tasks: ["get"], operate: ["get", "query"], register: ["query"], intake: ["update"] },
    seals: [],
    expires: "always",
    rests: "that an agent cools down, or is paused for one party",
    why: "alone",
    follows: "nothing: a pause from before a resumption does not count",
  },
  refused: {
    may: { exchange: ["query", "put"] },
    seals: [],
    expires: "always",
    rests: "the count of refusals (E8)",
    why: "alone",
    follows: "nothing",
  },
  suspensions: {
    may: { intake: ["get", "update"] },
    seals: [],
    expires: "always",
    rests: "the caps of rules of escalation",
    why: "alone",
    follows: "nothing",
  },
  escalation: {
    may: { operate: ["query"], intake: ["put"] },
    seals: [],
    expires: "always",
    rests: "the list of escalations",
    why: "alone",
    follows: "nothing",
  },
  panic: {
    may: {
      exchange: ["get"],
      tasks: ["get"],
      operate: ["get", "update"],
      panic: ["get"],
      sweep: ["get"],
      reconcile: ["get"],
    },
    seals: [],
    expires: "never",
    rests: "when the latest panic was lifted",
    why: "alone",
    follows: "nothing",
  },
  declaredPanic: {
    may: {
      exchange: ["get"],
      tasks: ["get"],
      operate: ["get", "remove"],
      panic: ["get", "put"],
      sweep: ["get"],
      reconcile: ["get"],
    },
    seals: [],
    expires: "never",
    rests: "that everything is halted",
    why: "told",
    follows: "a put with a TTL in the past lifts the panic within days, and rings at once",
  },
  secret: {
    may: {
      exchange: ["get", "put", "update"],
      operate: ["get", "query", "update"],
      sweep: ["get", "query", "update"],
      "revoke-leases": ["update"],
      rotate: ["get", "query", "update"],
    },
    seals: [],
    expires: "never",
    rests: "who holds an exclusive secret",
    why: "told",
    follows: "a lock that is freed early gives the secret to two tasks",
  },
  pendingRevocation: {
    may: {
      exchange: ["put", "update"],
      operate: ["query"],
      sweep: ["query"],
      intake: ["query"],
      "revoke-leases": ["get", "remove"],
    },
    seals: [],
    expires: "never",
    rests: "what connectors still have to revoke",
    why: "lives",
    follows: "a revoked credential is not listed again",
  },
  ending: {
    may: {
      tasks: ["put", "remove"],
      operate: ["query", "put", "remove"],
      register: ["query"],
      sweep: ["query", "put", "remove"],
      intake: ["query", "put", "remove"],
    },
    seals: [],
    expires: "never",
    rests: "which endings broke off",
    why: "hint",
    follows: "tasks below stay listed; each is refused, since the one above is not in LIVE#",
  },
  person: {
    may: { exchange: ["put"], operate: ["query"], sweep: ["query"], intake: ["query"] },
    seals: [],
    expires: "always",
    rests: "which tasks are a person's",
    why: "alone",
    follows: "nothing",
  },
  personCut: {
    may: {
      exchange: ["get", "check"],
      tasks: ["get"],
      operate: ["update", "check"],
      register: ["check"],
      intake: ["update"],
      approve: ["get"],
    },
    seals: [],
    expires: "always",
    rests: "up to when a person's tokens are dead",
    why: "told",
    follows: "tokens of at most 15 minutes before open tasks again",
  },
  ended: {
    may: { exchange: ["put"], tasks: ["put"], operate: ["query", "put"], sweep: ["put"], intake: ["put"] },
    seals: [],
    expires: "always",
    rests: "where to look for ended tasks",
    why: "hint",
    follows: "the task's own record decides",
  },
  journal: {
    may: {
      exchange: ["put"],
      tasks: ["put"],
      operate: ["query", "put"],
      register: ["put"],
      sweep: ["query", "put"],
      intake: ["put"],
      "revoke-leases": ["put"],
    },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  agentJournal: {
    may: { operate: ["query", "put"], register: ["put"], sweep: ["query", "put"], intake: ["put"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  secretJournal: {
    may: { operate: ["put"], sweep: ["put"], rotate: ["put"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  panicJournal: {
    may: { operate: ["put"], panic: ["put"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  roleJournal: {
    may: { operate: ["query"], sweep: ["query"], reconcile: ["query", "put"], probe: ["query"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  approvalJournal: {
    may: { approve: ["put"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  readJournal: {
    may: { panic: ["put"], explain: ["put"], journal: ["put"] },
    seals: [],
    expires: "never",
    rests: "the evidence",
    why: "journal",
    follows: "the relay rings",
  },
  seal: {
    may: { exchange: ["get", "put"], tasks: ["get"] },
    seals: [],
    expires: "never",
    rests: "by which keys seals are verified",
    why: "alone",
    follows: "nothing",
  },
  approval: {
    may: {
      exchange: ["get", "query", "put", "check"],
      tasks: ["query"],
      operate: ["query"],
      approve: ["query", "check"],
      notify: ["get"],
    },
    seals: ["approval-use"],
    expires: "always",
    rests: "what people decide on, each use, that it is void",
    why: "alone",
    follows: "a used or void approval stays so",
  },
  vote: {
    may: { exchange: ["get", "query", "check"], approve: ["get", "query", "put", "check"] },
    seals: [],
    expires: "always",
    rests: "people's votes, and a denial",
    why: "told",
    follows: "a put with a TTL in the past may remove a denial before the task's next poll, and rings at once",
  },
  decision: {
    may: { approve: ["get", "put"], operate: ["get"], tasks: ["get"] },
    seals: [],
    expires: "always",
    rests: "how people decided, as lists of tasks and of earlier requests show it",
    why: "alone",
    follows: "nothing",
  },
  act: {
    may: { exchange: ["get", "put", "check"], operate: ["put"], register: ["put"] },
    seals: [],
    expires: "always",
    rests: "that a sign-in was used for an act",
    why: "told",
    follows: "a put with a TTL in the past frees the sign-in for the same act, while it is fresh",
  },
  consent: {
    may: { exchange: ["get", "put"], operate: ["get"], intake: ["get"] },
    seals: ["consent"],
    expires: "always",
    rests: "what a person has consented to",
    why: "alone",
    follows: "nothing",
  },
  liveConsent: {
    may: {
      exchange: ["get", "put", "update"],
      tasks: ["get"],
      operate: ["get", "query", "remove"],
      intake: ["query", "remove"],
    },
    seals: [],
    expires: "always",
    rests: "that a consent lives",
    why: "lives",
    follows: "a withdrawn consent stays withdrawn",
  },
  liveToken: {
    may: { exchange: ["get", "put", "check"], tasks: ["get", "remove"], intake: ["get", "remove"] },
    seals: [],
    expires: "always",
    rests: "that a presentation or delegation token lives",
    why: "lives",
    follows: "a revoked token stays revoked",
  },
  acceptance: {
    may: { exchange: ["query", "put"], tasks: ["query"], operate: ["query"] },
    seals: ["acceptance"],
    expires: "never",
    rests: "that a threat model was accepted",
    why: "alone",
    follows: "nothing",
  },
  inbox: {
    may: { exchange: ["put"], operate: ["query"], approve: ["query", "remove"], notify: ["query"] },
    seals: [],
    expires: "always",
    rests: "which requests a group is shown",
    why: "hint",
    follows: "a hidden request waits; no vote counts by it",
  },
  glass: {
    may: { exchange: ["put", "remove"], register: ["query"], sweep: ["query"] },
    seals: [],
    expires: "partly",
    rests: "which broken glasses await review",
    why: "alone",
    follows: "nothing",
  },
  notice: {
    may: { approve: ["get"], notify: ["get", "put", "update"] },
    seals: [],
    expires: "always",
    rests: "which messages were sent",
    why: "alone",
    follows: "nothing",
  },
  use: {
    may: { operate: ["query"], observe: ["get", "update"] },
    seals: [],
    expires: "always",
    rests: "the ledger",
    why: "alone",
    follows: "nothing",
  },
  seen: {
    may: { observe: ["put"] },
    seals: [],
    expires: "always",
    rests: "that an event was counted",
    why: "alone",
    follows: "nothing",
  },
  heard: {
    may: { sweep: ["query"], observe: ["update"] },
    seals: [],
    expires: "never",
    rests: "when an account was last heard of",
    why: "alone",
    follows: "nothing",
  },
} as const satisfies Readonly<Record<Kind, ItemKind>>;
