import { ASKING_EVENT, JOURNAL_KINDS, KINDS, type Kind, REVOKING_EVENTS, TABLE_KEYS, TTL_REMOVER } from "../names.ts";

/**
 * Pattern of an event source mapping: each field must match, and of a field's list one comparison.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export interface Pattern {
  readonly [field: string]: Pattern | readonly Comparison[];
}
type Comparison = string | { readonly prefix: string } | { readonly exists: true };

const inPartitions = (...kinds: readonly Kind[]) => ({
  [TABLE_KEYS.partition]: { S: kinds.map((kind) => ({ prefix: KINDS[kind] })) },
});

/**
 * Records of the table's stream that wake the relay. The stack deploys these patterns as the filters of the stream's event source mapping,
 * the local cloud evaluates them, and the relay tells records apart by them: a pattern that is wrong is wrong everywhere, and tests see it.
 */
export const WAKES = {
  /**
   * An ending or a halt, journaled: of a task, an agent, or the deployment as a whole; or a request for approval. One pattern for both, since Lambda
   * takes five for an event source.
   */
  journaled: {
    eventName: ["INSERT"],
    dynamodb: {
      Keys: inPartitions("journal", "agentJournal", "panicJournal"),
      NewImage: { kind: { S: ["EVENT"] }, type: { S: [...REVOKING_EVENTS, ASKING_EVENT] } },
    },
  },
  /** A timer, or a place in an agent's list of live tasks, that DynamoDB removed by its TTL. Who ends a task removes its place; the sweep removes the timers of what it ended. */
  overdue: {
    eventName: ["REMOVE"],
    userIdentity: { type: [TTL_REMOVER.type], principalId: [TTL_REMOVER.principalId] },
    dynamodb: { Keys: inPartitions("timer", "live") },
  },
  /** A credential that a connector is about to issue, for the first time or anew. */
  planned: {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: { Keys: inPartitions("pendingRevocation"), NewImage: { lease: { M: { state: { S: ["issuing"] } } } } },
  },
  /** An event of a journal, or an entry in the list of escalations, that somebody changed or removed, which nobody may. */
  changed: { eventName: ["MODIFY", "REMOVE"], dynamodb: { Keys: inPartitions(...JOURNAL_KINDS, "escalation") } },
  /** An event of a journal that was written with a TTL, so that it will be removed. */
  expiring: {
    eventName: ["INSERT"],
    dynamodb: { Keys: inPartitions(...JOURNAL_KINDS), NewImage: { [TABLE_KEYS.ttl]: { N: [{ exists: true }] } } },
  },
} as const satisfies Readonly<Record<string, Pattern>>;

/** Removal of an entry in the list of escalations by its TTL, as is its lot. No event of a journal has a TTL. */
export const FORGOTTEN = {
  eventName: ["REMOVE"],
  userIdentity: { type: [TTL_REMOVER.type], principalId: [TTL_REMOVER.principalId] },
  dynamodb: { Keys: inPartitions("escalation") },
} as const satisfies Pattern;

/** Decides as Lambda does whether a record matches a pattern. A field that is not there matches nothing. */
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

/** True where Lambda would hand the record to the relay. */
export const wakesRelay = (record: unknown): boolean =>
  Object.values(WAKES).some((pattern) => matches(pattern, record));

const isList = (wanted: Pattern | readonly Comparison[]): wanted is readonly Comparison[] => Array.isArray(wanted);

function fits(comparison: Comparison, value: string): boolean {
  if (typeof comparison === "string") return value === comparison;
  return "prefix" in comparison ? value.startsWith(comparison.prefix) : comparison.exists;
}
