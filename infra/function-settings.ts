import type { FunctionName } from "../contract/names.ts";
import type { HubScope } from "./arns.ts";
import { USE_BATCHES } from "./use-batches.ts";

/**
 * Source that starts a function: requests to an HTTP API, messages of a queue, the table's stream, events on a bus, a
 * rule at a fixed rate, or a rotation of Secrets Manager.
 */
type Trigger = "api" | "queue" | "stream" | "bus" | "schedule" | "rotation";

/** Settings of a deployed function in which functions differ. */
export interface FunctionSettings {
  /** Ends the sentence of the description that AWS shows: "valetkey exchange: ...". */
  readonly summary: string;
  readonly triggers: readonly Trigger[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Concurrency reserved for this function, which is also its maximum. Unset: the function shares the account's. */
  readonly reservedConcurrency?: number | ((hub: Pick<HubScope, "targets">) => number);
  /** Files beside the bundle: `policies` is the deployment with the module that decides by its policies. */
  readonly ships: "policies" | "deployment" | "console" | "nothing";
}

/**
 * Settings of every function; a function without a row does not compile. Its variables are in `ENV`, its rights in
 * `rights.ts` and `ITEM_KINDS`. Functions that end tasks have reserved concurrency, so that they run even if a flood of
 * requests takes the rest of the account's.
 */
export const FUNCTION_SETTINGS = {
  exchange: {
    summary: "vends credentials; answers every agent",
    triggers: ["api"],
    // A vend mostly waits, so half the memory costs it only 15 ms more (docs/decisions/0050).
    memoryMb: 512,
    timeoutSeconds: 10,
    ships: "policies",
  },
  tasks: {
    summary: "reads, completes and revokes a task for the holder of its token",
    triggers: ["api"],
    memoryMb: 512,
    timeoutSeconds: 10,
    ships: "policies",
  },
  sign: {
    summary: "signs single requests to AWS by sessions that stay in the hub",
    triggers: ["api"],
    memoryMb: 512,
    timeoutSeconds: 10,
    ships: "policies",
  },
  operate: {
    summary: "answers operators' reads, and acts that end, halt or suspend",
    triggers: ["api"],
    memoryMb: 1_024,
    // An offboarding works for 20 s before it answers; the API waits for 29 s, the longest that it can.
    timeoutSeconds: 28,
    // A flood of agents' requests must not block the person who ends it.
    reservedConcurrency: 25,
    ships: "policies",
  },
  recheck: {
    summary: "decides live tasks anew after a condition was tightened, and ends the denied ones",
    triggers: ["api", "queue"],
    // A whole CPU: a decision is mostly Cedar's.
    memoryMb: 1_769,
    // A request and a message work for 15 s; what is left then is the next one's. The API waits for 29 s, the longest that it can.
    timeoutSeconds: 28,
    reservedConcurrency: 5,
    ships: "policies",
  },
  panic: {
    summary: "declares a panic, and can do nothing else",
    triggers: ["api"],
    memoryMb: 1_024,
    // Two successive calls of a busy table take 12 s at most; the API waits for 15 s.
    timeoutSeconds: 14,
    // No other request has these runs: operators' reads and acts cannot delay a panic.
    reservedConcurrency: 10,
    ships: "policies",
  },
  register: {
    summary: "registers, changes, confirms and resumes agents, and lifts halts of accounts",
    triggers: ["api"],
    memoryMb: 512,
    timeoutSeconds: 10,
    ships: "policies",
  },
  sweep: {
    summary: "each minute, ends due tasks and requests every role's revocation policy again",
    triggers: ["schedule"],
    // A whole CPU: ten thousand tasks in one minute cost some 30 s of it.
    memoryMb: 1_769,
    timeoutSeconds: 55,
    // Two at once would do the same work twice.
    reservedConcurrency: 1,
    ships: "deployment",
  },
  intake: {
    summary: "makes the endings that events on the bus request",
    triggers: ["bus"],
    memoryMb: 512,
    timeoutSeconds: 60,
    reservedConcurrency: 2,
    ships: "deployment",
  },
  relay: {
    summary: "sends endings, deadlines and probes to their queues, and overdue tasks to the bus",
    triggers: ["stream"],
    memoryMb: 256,
    timeoutSeconds: 30,
    reservedConcurrency: 10,
    ships: "deployment",
  },
  reconcile: {
    summary: "writes the revocation policies",
    triggers: ["queue"],
    memoryMb: 384,
    timeoutSeconds: 7,
    // Few, since IAM accepts few writes a second of one account. More for more task roles: each minute's sweep requests
    // all of them, and a run has 600 ms for one.
    reservedConcurrency: ({ targets }) =>
      Math.max(5, Math.ceil(targets.reduce((sum, { taskRoles }) => sum + taskRoles, 0) / 100)),
    ships: "deployment",
  },
  "revoke-leases": {
    summary: "revokes credentials that connectors have issued",
    triggers: ["queue"],
    memoryMb: 512,
    timeoutSeconds: 30,
    // Also the upper bound on its connections to databases.
    reservedConcurrency: 10,
    ships: "deployment",
  },
  rotate: {
    summary: "rotates secrets, on Secrets Manager's schedule and after use",
    triggers: ["rotation", "schedule"],
    memoryMb: 512,
    timeoutSeconds: 55,
    ships: "deployment",
  },
  probe: {
    summary: "observes when AWS begins to refuse an ended task's sessions",
    triggers: ["queue"],
    // A probe waits nearly all the time. The memory makes it begin sooner.
    memoryMb: 512,
    // A probe watches for at most a minute.
    timeoutSeconds: 90,
    // Also the upper bound on the cost of a flood of endings: an ending that waits for too long is not probed.
    reservedConcurrency: 2,
    ships: "deployment",
  },
  notify: {
    summary: "sends people links to requests for approval",
    triggers: ["queue", "schedule"],
    memoryMb: 256,
    timeoutSeconds: 30,
    reservedConcurrency: 2,
    ships: "deployment",
  },
  approve: {
    summary: "collects people's votes on requests, and denials",
    triggers: ["api"],
    memoryMb: 512,
    timeoutSeconds: 10,
    // A flood of agents' requests must not block a person's denial.
    reservedConcurrency: 10,
    ships: "policies",
  },
  explain: {
    summary: "explains what policy allows an agent; issues and ends nothing",
    triggers: ["api"],
    memoryMb: 1_024,
    timeoutSeconds: 10,
    // Also the upper bound on the cost of a flood of questions. No function that ends tasks waits for them.
    reservedConcurrency: 3,
    ships: "policies",
  },
  journal: {
    summary: "shows operators the signed log, and can write nothing to it",
    // With a second place, each hour compares the log with it.
    triggers: ["api", "schedule"],
    // A bundle of the largest entries has 16 MB, and is in memory twice.
    memoryMb: 512,
    timeoutSeconds: 12,
    // Also the upper bound on the bundles that a flood of searches reads at the same time.
    reservedConcurrency: 5,
    ships: "policies",
  },
  observe: {
    summary: "counts the uses of tasks' keys, from CloudTrail's events, and reports escalations",
    // Each hour counts what an earlier hour's ended tasks left unused.
    triggers: ["queue", "schedule"],
    memoryMb: 512,
    timeoutSeconds: 20,
    // One more for the rule of each hour, which would else make messages of the queue fail.
    reservedConcurrency: USE_BATCHES.atOnce + 1,
    ships: "deployment",
  },
  collect: {
    summary: "collects the journal's events and the proofs of votes for the archive",
    triggers: ["stream"],
    memoryMb: 256,
    timeoutSeconds: 30,
    ships: "nothing",
  },
  archive: {
    summary: "gives the journal's events their place in a signed log",
    triggers: ["queue", "schedule"],
    memoryMb: 1_024,
    timeoutSeconds: 55,
    // A long run and the next one, half a minute later, may run at the same time: both get the same log.
    reservedConcurrency: 2,
    ships: "deployment",
  },
  console: {
    summary: "serves the console's files, at an origin of its own",
    triggers: ["api"],
    memoryMb: 256,
    timeoutSeconds: 5,
    ships: "console",
  },
  signals: {
    summary: "verifies transmitters' events about people, and can only put them on the bus",
    triggers: ["api"],
    memoryMb: 256,
    timeoutSeconds: 10,
    // A flood of events must not take the capacity of functions that end tasks.
    reservedConcurrency: 5,
    ships: "deployment",
  },
} as const satisfies Readonly<Record<FunctionName, FunctionSettings>>;

/** Returns the concurrency that is reserved for a function of this hub. */
export function reservedConcurrencyOf(name: FunctionName, hub: Pick<HubScope, "targets">): number | undefined {
  const { reservedConcurrency: reserved }: FunctionSettings = FUNCTION_SETTINGS[name];
  return typeof reserved === "function" ? reserved(hub) : reserved;
}
