import { isAgentId } from "../../contract/agent-id.ts";
import type { Recheck } from "../core/conditions/recheck.ts";
import { isAccountId } from "../core/deployment/account-id.ts";
import type { RoleRef } from "../core/revocation/roles.ts";
import type { Ended } from "../core/revocation/sample.ts";
import { type TaskPath, taskPath } from "../core/task-path.ts";
import type { LeaseDeadline, LeaseRef } from "../core/tasks/pending-revocation.ts";
import { ASKING_EVENT, HALTING_EVENTS, TABLE_KEYS, TIGHTENING_EVENT } from "../names.ts";
import { recheckIn } from "../queues/recheck-message.ts";
import { matches, type Pattern, REGULAR, WAKES } from "./wakes.ts";

/**
 * Batch of a DynamoDB stream, with the fields that are read. The journal is the outbox. The relay also needs removals by TTL, and planned leases that will
 * have to be revoked.
 */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}
export interface StreamRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: string | undefined;
  /** Remover of an item, where AWS itself removed it; absent otherwise. */
  readonly userIdentity?: { readonly type?: string | undefined; readonly principalId?: string | undefined } | undefined;
  readonly dynamodb?:
    | {
        readonly SequenceNumber?: string | undefined;
        readonly Keys?: Image | undefined;
        readonly NewImage?: Image | undefined;
      }
    | undefined;
}
type Attribute = { readonly S?: string; readonly N?: string; readonly L?: readonly Attribute[]; readonly M?: Image };
type Image = Readonly<Record<string, Attribute | undefined>>;

/** Changes of the table in one batch, grouped by their consequence. */
export interface Changes {
  /** Events of journals, entries of the list of escalations, and denials, that were changed or removed. Nobody may do that. */
  readonly tampered: readonly Tampered[];
  /** Number of endings and halts. */
  readonly endings: number;
  /** True where an agent or the deployment was halted, or a halt was lifted: every role's revocation policy is out of date. */
  readonly isHalt: boolean;
  /** Roles in which ended tasks had sessions, and the endings of those tasks. */
  readonly roles: readonly RoleRef[];
  readonly ended: readonly Ended[];
  /** Credentials that connectors issued for ended tasks. */
  readonly leases: readonly LeaseRef[];
  /** Tasks whose timers or entries among live tasks DynamoDB removed. The sweep should have ended these tasks. */
  readonly overdue: readonly TaskPath[];
  /** Deadlines of credentials that connectors are about to issue. */
  readonly deadlines: readonly LeaseDeadline[];
  /** True where an approval was requested. */
  readonly isAsked: boolean;
  /** Conditions that were tightened, after which live tasks are decided anew. */
  readonly rechecks: readonly Recheck[];
}
export interface Tampered {
  readonly type: string | undefined;
  /** Both keys of the item. */
  readonly what: string;
}

const HALTING: ReadonlySet<unknown> = new Set(HALTING_EVENTS);

/** Reads a batch. Never throws for a forged item, which would block its batch: the item is skipped, or read with its content. */
export function changesIn({ Records: records }: StreamEvent): Changes {
  const matching = (pattern: Pattern) => records.filter((record) => matches(pattern, record));
  const journaled = matching(WAKES.journaled).map(({ dynamodb }) => plain(dynamodb?.NewImage));
  const events = journaled.filter(({ type }) => type !== ASKING_EVENT && type !== TIGHTENING_EVENT);
  return {
    tampered: [
      ...matching(WAKES.changed).filter((record) => !REGULAR.some((pattern) => matches(pattern, record))),
      ...matching(WAKES.expiring).filter((record) => !matches(WAKES.changed, record)),
    ].map(({ eventName, dynamodb }) => ({ type: eventName, what: keysOf(dynamodb?.Keys) })),
    endings: events.length,
    isHalt: events.some(({ type }) => HALTING.has(type)),
    roles: events.flatMap(rolesOf),
    ended: events.flatMap(endedTask),
    leases: events.flatMap(connectorLeasesOf),
    overdue: matching(WAKES.overdue).flatMap(({ dynamodb }) =>
      pathOf(textOf(plain(dynamodb?.Keys)[TABLE_KEYS.sort]).replace(/^TASK#/, "")),
    ),
    deadlines: matching(WAKES.planned).flatMap(({ dynamodb }) => deadlineOf(plain(dynamodb?.NewImage))),
    isAsked: journaled.some(({ type }) => type === ASKING_EVENT),
    rechecks: journaled.flatMap(({ type, facts }) => (type === TIGHTENING_EVENT ? tightened(fieldsOf(facts)) : [])),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns the plain values of an image. Leaves out types of values that no item here has. */
const plain = (image: Image = {}): Fields =>
  Object.fromEntries(Object.entries(image).map(([name, attribute]) => [name, valueIn(attribute)]));

function valueIn({ S: text, N: number, L: list, M: map }: Attribute = {}): unknown {
  if (number !== undefined) return Number(number);
  return text ?? list?.map(valueIn) ?? (map && plain(map));
}

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
/** Parses a task's path; an empty list where it is none. */
const pathOf = (value: unknown): readonly TaskPath[] => [taskPath(textOf(value)) ?? []].flat();

const keysOf = (keys: Image | undefined): string => {
  const { [TABLE_KEYS.partition]: partition, [TABLE_KEYS.sort]: sort } = plain(keys);
  return `${textOf(partition)} ${textOf(sort)}`;
};

function endedTask(event: Fields): readonly Ended[] {
  const { type, at: endedAtMs } = event;
  if (type !== "task.ended" || typeof endedAtMs !== "number" || !Number.isSafeInteger(endedAtMs)) return [];
  const { agent, by, status } = fieldsOf(event.facts);
  const words = { agent: isAgentId(agent) ? agent : ("" as const), by: textOf(by), status: textOf(status) };
  return pathOf(event.of).map((path) => ({ path, ...words, endedAtMs, roles: rolesOf(event) }));
}

const tightened = ({ condition, scope }: Fields): readonly Recheck[] => [recheckIn(condition, scope) ?? []].flat();

const rolesOf = ({ facts }: Fields): readonly RoleRef[] =>
  listOf(fieldsOf(facts).leases).flatMap(({ account, role }) =>
    isAccountId(account) && typeof role === "string" ? [{ account, role }] : [],
  );

const connectorLeasesOf = ({ of: path, facts }: Fields): readonly LeaseRef[] =>
  pathOf(path).flatMap((task) =>
    listOf(fieldsOf(facts).connector_leases).flatMap(({ name }) =>
      typeof name === "string" ? [{ path: task, name }] : [],
    ),
  );

/** Reads the deadline of a lease that is about to be issued or issued anew. The lease is recorded before that. */
function deadlineOf({ lease, until: dueAt }: Fields): readonly LeaseDeadline[] {
  const { path, name } = fieldsOf(lease);
  if (typeof name !== "string" || typeof dueAt !== "number" || !Number.isFinite(dueAt)) return [];
  return pathOf(path).map((task) => ({ path: task, name, dueAt }));
}
