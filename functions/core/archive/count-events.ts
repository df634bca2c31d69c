import type { EventType } from "../../../contract/journal-types.ts";
import type { ReadFacts } from "../journal/event.ts";
import { countOf, type RightsCount } from "../ledger/rights-count.ts";
import type { ArchivedEvent } from "./entry.ts";
import { isDenial } from "./selection.ts";

const HOUR_MS = 3_600_000;
/** Upper bound on the hours of one count. */
export const MOST_HOURS = 24;

/** Counts of one hour. */
export interface HourCount {
  /** Start of the hour; epoch milliseconds. */
  readonly fromMs: number;
  /** Tasks that were opened. */
  readonly opened: number;
  /** Credentials that were issued, renewed ones included: sessions of AWS, and credentials of connectors. */
  readonly keys: number;
  /** Refusals, denials and void approvals. */
  readonly denied: number;
  /** Tasks with a session of AWS that ended. */
  readonly ended: number;
  /** Rights of ended tasks; undefined where they are not counted yet, or where two counts differ. */
  readonly rights?: RightsCount | undefined;
}

/** Milliseconds from the end of a task to the moment in which IAM had a policy against each of its keys. */
export interface DeadCount {
  readonly medianMs: number;
  readonly slowestMs: number;
  /** Number of ended tasks that were measured. */
  readonly measured: number;
}

/** Counts events of the log by hour. The counter sees each event once, in any order. */
export class EventCounter {
  readonly #hours: { fromMs: number; opened: number; keys: number; denied: number; ended: number }[];
  /** Counts of unused rights, by the start of their hour; `undefined` for an hour with two. */
  readonly #rights = new Map<number, RightsCount | undefined>();
  /** Roles of each ended task's sessions, with the end; by task. */
  readonly #ended = new Map<string, { readonly atMs: number; readonly roles: readonly string[] }>();
  /** Earliest write of a role's policy that names a task; epoch milliseconds. */
  readonly #written = new Map<string, number>();

  /** @param sinceMs start of the first hour. */
  constructor(sinceMs: number) {
    this.#hours = Array.from({ length: MOST_HOURS }, (_, nth) => ({
      ...{ fromMs: sinceMs + nth * HOUR_MS, opened: 0, keys: 0, denied: 0, ended: 0 },
    }));
  }

  see(event: ArchivedEvent): void {
    const { of, type, at, facts } = event;
    const rights = countOf(event);
    // A second content of an hour's count is a forgery, and nobody knows which of the two it is.
    if (rights) this.#rights.set(rights.hour * 1_000, this.#rights.has(rights.hour * 1_000) ? undefined : rights);
    const row = this.#hours[Math.floor((at - (this.#hours[0]?.fromMs ?? at)) / HOUR_MS)];
    if (!row) return;
    if (type === "task.opened") row.opened += 1;
    row.keys += keysIn(type, facts);
    if (isDenial(type)) row.denied += 1;
    if (type === "task.ended") {
      const roles = rolesIn(facts);
      if (roles.length > 0) row.ended += 1;
      this.#ended.set(of, { atMs: at, roles });
    }
    if (type === "role.policy_written")
      for (const task of textsIn(facts.endings)) {
        const key = `${of} ${task}`;
        this.#written.set(key, Math.min(this.#written.get(key) ?? at, at));
      }
  }

  get hours(): readonly HourCount[] {
    return this.#hours.map((hour) => ({ ...hour, rights: this.#rights.get(hour.fromMs) }));
  }

  /** Undefined where no ended task has a write for each of its roles among the seen events. */
  get dead(): DeadCount | undefined {
    const tookMs = [...this.#ended].flatMap(([task, { atMs, roles }]) => {
      const writes = roles.map((role) => this.#written.get(`${role} ${task}`));
      const isWhole = writes.length > 0 && writes.every((write) => write !== undefined && write >= atMs);
      return isWhole ? Math.max(...writes.map((write = atMs) => write)) - atMs : [];
    });
    const sorted = tookMs.sort((a, b) => a - b);
    const [medianMs, slowestMs] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
    return medianMs === undefined || slowestMs === undefined
      ? undefined
      : { medianMs, slowestMs, measured: sorted.length };
  }
}

/** Counts the credentials that an event issues. */
function keysIn(type: string, facts: ReadFacts<EventType>): number {
  const { leases, lease, connector_leases: credentials } = facts;
  const listed = lengthOf(leases) + lengthOf(credentials);
  if (type === "task.opened" || type === "approval.used") return listed;
  return type === "lease.renewed" ? (lease === undefined ? 0 : 1) + lengthOf(credentials) : 0;
}

/** Lists the roles of the sessions that an ended task had. @example "111122223333/valetkey-task" */
function rolesIn({ leases }: ReadFacts<EventType>): readonly string[] {
  const roles = (Array.isArray(leases) ? leases : []).flatMap((lease) => {
    const { account, role } = (typeof lease === "object" && lease !== null ? lease : {}) as Readonly<
      Record<string, unknown>
    >;
    return typeof account === "string" && typeof role === "string" ? `${account}/${role}` : [];
  });
  return [...new Set(roles)];
}

const lengthOf = (fact: unknown): number => (Array.isArray(fact) ? fact.length : 0);
const textsIn = (fact: unknown): readonly string[] =>
  (Array.isArray(fact) ? fact : []).filter((each) => typeof each === "string");
