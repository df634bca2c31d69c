import {
  ASKING_EVENT,
  JOURNAL_KINDS,
  KINDS,
  type Kind,
  OUTCOME,
  REVOKING_EVENTS,
  TABLE_KEYS,
  TIGHTENING_EVENT,
  TTL_REMOVER,
} from "../names.ts";

/**
 * Pattern of an event source mapping. Each field must match; of a field's list, one comparison must.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export interface Pattern {
  readonly [field: string]: Pattern | readonly Comparison[];
}
type Comparison =
  | string
  | { readonly prefix: string }
  | { readonly exists: true }
  | { readonly "anything-but": readonly string[] };

const inPartitions = (...kinds: readonly Kind[]) => ({
  [TABLE_KEYS.partition]: { S: kinds.map((kind) => ({ prefix: KINDS[kind] })) },
});

/** Kinds whose items stop something, or are evidence, while they are there: a TTL on one rings. */
export const LASTING_KINDS = [
  ...JOURNAL_KINDS,
  "accountHalt",
  "restriction",
  "declaredPanic",
] as const satisfies readonly Kind[];

/**
 * Records of the table's stream that wake the relay. The stack deploys these patterns as the filters of the stream's event source mapping. The local cloud
 * evaluates them, and the relay classifies records by them: a wrong pattern is wrong everywhere, and fails tests.
 */
export const WAKES = {
  /**
   * Journal event of an ending or a halt of a task, an agent or the whole deployment, of a request for approval, or of a tightened condition. One pattern for
   * all, since Lambda takes five for an event source.
   */
  journaled: {
    eventName: ["INSERT"],
    dynamodb: {
      Keys: inPartitions("journal", "agentJournal", "panicJournal"),
      NewImage: { kind: { S: ["EVENT"] }, type: { S: [...REVOKING_EVENTS, ASKING_EVENT, TIGHTENING_EVENT] } },
    },
  },
  /**
   * Timer, or entry in an agent's list of live tasks, that DynamoDB removed by its TTL. Otherwise, an ending removes the task's entry, and the sweep removes
   * the timers of tasks that it ended.
   */
  overdue: {
    eventName: ["REMOVE"],
    userIdentity: { type: [TTL_REMOVER.type], principalId: [TTL_REMOVER.principalId] },
    dynamodb: { Keys: inPartitions("timer", "live") },
  },
  /** Credential that a connector is about to issue, for the first time or again. */
  planned: {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { Keys: inPartitions("pendingRevocation"), NewImage: { lease: { M: { state: { S: ["issuing"] } } } } },
  },
  /**
   * Event of a journal, entry in the list of escalations, or item among the votes on a request, that was changed or removed. Nobody may do that, except for
   * the changes of `REGULAR`.
   */
  changed: {
    eventName: ["MODIFY", "REMOVE"],
    dynamodb: { Keys: inPartitions(...JOURNAL_KINDS, "escalation", "vote") },
  },
  /**
   * Event of a journal, halt of an account, or declared panic, that was put with a TTL, so that DynamoDB would remove it. A function that may put a halt or a
   * panic may write over it in this way, and so lift it.
   */
  expiring: {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: {
      Keys: inPartitions(...LASTING_KINDS),
      NewImage: { [TABLE_KEYS.ttl]: { N: [{ exists: true }] } },
    },
  },
} as const satisfies Readonly<Record<string, Pattern>>;

/**
 * Regular changes among those that `WAKES.changed` matches: a person's further vote in place of the earlier one, and the removal by its TTL of an entry in the
 * list of escalations, a vote or a denial. No event of a journal has a TTL, and nobody writes over a denial.
 */
export const REGULAR = [
  {
    eventName: ["MODIFY"],
    dynamodb: { Keys: { ...inPartitions("vote"), [TABLE_KEYS.sort]: { S: [{ "anything-but": [OUTCOME] }] } } },
  },
  {
    eventName: ["REMOVE"],
    userIdentity: { type: [TTL_REMOVER.type], principalId: [TTL_REMOVER.principalId] },
    dynamodb: { Keys: inPartitions("escalation", "vote") },
  },
] as const satisfies readonly Pattern[];

/** Decides, as Lambda does, whether a record matches a pattern. A missing field matches nothing. */
export function matches(pattern: Pattern, record: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value =
      typeof record === "object" && record !== null
        ? Object.entries(record).find(([field]) => field === name)?.[1]
        : undefined;
    if (!isList(wanted)) return matches(wanted, value);
    return typeof value === "string" && wanted.some((comparison) => fits(comparison, value));
  });
}

/** True where Lambda would invoke the relay with the record. */
export const wakesRelay = (record: unknown): boolean =>
  Object.values(WAKES).some((pattern) => matches(pattern, record));

const isList = (wanted: Pattern | readonly Comparison[]): wanted is readonly Comparison[] => Array.isArray(wanted);

function fits(comparison: Comparison, value: string): boolean {
  if (typeof comparison === "string") return value === comparison;
  if ("anything-but" in comparison) return !comparison["anything-but"].includes(value);
  return "prefix" in comparison ? value.startsWith(comparison.prefix) : comparison.exists;
}
