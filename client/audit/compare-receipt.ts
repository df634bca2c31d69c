import { readFile } from "node:fs/promises";
import { isMoment } from "../../contract/decision/moment.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import type { Fact, Facts } from "../../functions/core/journal/event.ts";
import { roleName } from "../../functions/core/revocation/policy-writes.ts";
import { diesBy, mayBeAlive } from "../../functions/core/revocation/role-entry.ts";
import { isoSeconds } from "../../functions/core/text/iso-seconds.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";
import { nameOf } from "./event-name.ts";
import { isFields, items } from "./fact-parts.ts";
import type { LogFault, LogVerdict } from "./log-fault.ts";
import { plainOf, textOf } from "./text-of.ts";
import type { CheckedKill } from "./verify-kills.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Receipt that the service gave, as JSON that is yet to be checked. */
export interface GivenReceipt extends Fields {
  readonly task: string;
  readonly leases: readonly Fields[];
}

/** Receipt that was compared with the log. */
export interface ComparedReceipt {
  readonly task: string;
  /** `intact`: each field that the log has is the log's. `incomplete`: the log lacks what the receipt is about. */
  readonly verdict: Exclude<LogVerdict, "known faults only">;
  readonly faults: readonly LogFault[];
  /** Names of the receipt's fields that the log does not have, sorted: nothing is known of these. */
  readonly notInLog: readonly string[];
}

/**
 * Reads the receipts of a file: what `valetkey receipt --json` prints, or one answer of the API.
 * @returns undefined where the file holds anything else.
 */
export async function readReceipts(file: string): Promise<readonly GivenReceipt[] | undefined> {
  const { receipts, ...one } = jsonFields(await readFile(file, "utf8"));
  const found: readonly unknown[] = Array.isArray(receipts) ? receipts : [one];
  return found.length > 0 && found.every(isReceipt) ? found : undefined;
}

const isReceipt = (value: unknown): value is GivenReceipt =>
  isFields(value as Fact) &&
  typeof Object(value).task === "string" &&
  Array.isArray(Object(value).leases) &&
  Object(value).leases.every(isFields);

/**
 * Compares a receipt with the log: each field that the log has must be the log's. Later facts, which the log has and
 * the receipt does not have yet, are no fault.
 * @param events verified events of the log.
 * @param nowSeconds epoch seconds.
 */
export function compareReceipt(
  receipt: GivenReceipt,
  kills: readonly CheckedKill[],
  events: readonly ArchivedEvent[],
  nowSeconds: number,
): ComparedReceipt {
  const { task, leases } = receipt;
  const ofTask = events.filter(({ journal, of }) => journal === "tasks" && of === task);
  const ended = ofTask.find(({ type }) => type === "task.ended");
  const log = { ofTask, ended, kills, events, nowSeconds };
  const found = [
    ofTheLog(receipt, "task", ofTask.length > 0 ? [task] : []),
    ofTheLog(
      receipt,
      "agent",
      ofTask.flatMap(({ facts }) => facts.agent ?? []),
    ),
    ...(ended ? endingOf(receipt, ended) : activeOf(receipt)),
    ...(receipt.below === undefined ? [] : [belowOf(receipt, events)]),
    { name: "leases", faults: lostLeases(receipt, log) },
  ];
  const ofLeases = leases.map((lease) => ({
    lease,
    found: lease.type === "aws" ? sessionOf(lease, log) : connectorOf(lease, log),
  }));
  const faults = [...found, ...ofLeases.flatMap((each) => each.found)]
    .flatMap((field) => field.faults)
    .map((fault) => ({ ...fault, what: `receipt of ${task}` }));
  const unknown = [...namesBeside(receipt, found), ...ofLeases.flatMap((each) => namesBeside(each.lease, each.found))];
  return { task, verdict: verdictOn(faults), faults, notInLog: [...new Set(unknown)].sort() };
}

const verdictOn = (faults: readonly LogFault[]): ComparedReceipt["verdict"] =>
  faults.some(({ kind }) => kind === "tampered") ? "tampered" : faults.length > 0 ? "incomplete" : "intact";

/** Lists the names of the fields that were not compared. */
const namesBeside = (given: Fields, found: readonly Field[]): readonly string[] =>
  Object.keys(given).filter((name) => !found.some((field) => field.name === name));

/** Field that was compared, with what differs. */
interface Field {
  readonly name: string;
  readonly faults: readonly Pick<LogFault, "kind" | "found">[];
}

/** Events that a receipt is compared with. */
interface Log {
  readonly ofTask: readonly ArchivedEvent[];
  readonly ended: ArchivedEvent | undefined;
  readonly kills: readonly CheckedKill[];
  readonly events: readonly ArchivedEvent[];
  readonly nowSeconds: number;
}

const differs = (found: string) => ({ kind: "tampered" as const, found });
const lacks = (found: string) => ({ kind: "incomplete" as const, found });
const instant = (atMs: number): string => new Date(atMs).toISOString();
const seconds = (fact: unknown): string | undefined => (isMoment(fact) ? isoSeconds(fact) : undefined);

/** Compares a field with the values that the log allows; none where the log has nothing about it. */
function ofTheLog(given: Fields, name: string, values: readonly unknown[], lease?: string): Field {
  const own = given[name];
  const words = lease === undefined ? name : `${name} of ${lease}`;
  if (values.length === 0) return { name, faults: [lacks(`has ${words}, and the log has nothing about it`)] };
  if (values.some((value) => value === own)) return { name, faults: [] };
  const logs = [...new Set(values)].map((value) => (value === undefined ? "absent" : textOf(value))).join(" or ");
  return {
    name,
    faults: [differs(`${words} is ${own === undefined ? "absent" : textOf(own)}, and in the log ${logs}`)],
  };
}

const is = (given: Fields, name: string, value: unknown, lease?: string): Field =>
  ofTheLog(given, name, [value], lease);

const endingOf = (receipt: GivenReceipt, { at, facts }: ArchivedEvent): readonly Field[] => [
  is(receipt, "status", facts.status),
  is(receipt, "ended_at", instant(at)),
  is(receipt, "by", facts.by),
  is(receipt, "complete", !receipt.leases.some(({ status }) => status === "pending")),
];

/** Compares the receipt of a task whose ending the log does not have. */
function activeOf(receipt: GivenReceipt): readonly Field[] {
  const { status, ended_at: endedAt, by, complete } = receipt;
  const isEnded = status !== "active" || endedAt !== undefined || by !== undefined || complete !== false;
  const faults = isEnded ? [lacks("has an ending of the task, and the log has none")] : [];
  return [
    { name: "status", faults },
    { name: "ended_at", faults: [] },
    { name: "by", faults: [] },
    { name: "complete", faults: [] },
  ];
}

/** Events that open a task. */
const OPENINGS: ReadonlySet<string> = new Set(["task.opened", "approval.used"]);

/** Compares the tasks below: each that the receipt names is in the log, and each that the log opened is in the receipt. */
function belowOf({ task, below }: GivenReceipt, events: readonly ArchivedEvent[]): Field {
  const named = Array.isArray(below) ? below.map(plainOf) : [plainOf(below)];
  const ofTasks = events.filter(({ journal, of }) => journal === "tasks" && of !== task && of.startsWith(task));
  const logged = new Set(ofTasks.map(({ of }) => of));
  const opened = new Set(ofTasks.filter(({ type }) => OPENINGS.has(type)).map(({ of }) => of));
  return {
    name: "below",
    faults: [
      ...named.filter((each) => !logged.has(each)).map((each) => lacks(`has ${each} below it, and the log has not`)),
      ...[...opened]
        .filter((each) => !named.includes(each))
        .map((each) => differs(`lacks ${each} below it, which the log has`)),
    ],
  };
}

/** Finds what the ending was to deny or revoke, and the receipt does not have. */
function lostLeases({ leases }: GivenReceipt, { ended }: Log): Field["faults"] {
  const names = new Set(leases.map(({ name }) => name));
  return [...items(ended?.facts.leases), ...items(ended?.facts.connector_leases)]
    .filter(isFields)
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => differs(`lacks the lease ${textOf(name)}, which the log has`));
}

/** Compares a lease of AWS sessions. Only an ending has the role and the key of each. */
function sessionOf(lease: Fields, log: Log): readonly Field[] {
  const { ended, kills, events, ofTask, nowSeconds } = log;
  const name = textOf(lease.name);
  const own = items(ended?.facts.leases)
    .filter(isFields)
    .find((each) => each.name === lease.name);
  const isLeft = lease.status === "written";
  if (!ended || !own) {
    const found = `has the lease ${name}, and the log has no ending with it`;
    // A task that is active has leases, and a denial of none of them.
    const faults = ended ? [differs(found)] : isLeft ? [lacks(found)] : [];
    return [{ name: "name", faults }];
  }
  const fences = ofTask.flatMap((event) => fencesOf(event.facts, lease.name));
  const fence = fences.find((each) => seconds(each) === lease.fence_at);
  const role = roleName({ account: plainOf(own.account), role: plainOf(own.role) });
  const kill = kills.find((each) => each.event === nameOf(ended) && each.role === role);
  const policy = events.find((event) => kill?.policy !== undefined && nameOf(event) === kill.policy);
  return [
    is(lease, "name", own.name, name),
    is(lease, "type", "aws", name),
    is(lease, "account", own.account, name),
    is(lease, "role", own.role, name),
    is(lease, "access_key_id", own.access_key_id, name),
    // A renewed session may end before the one that it replaces.
    ofTheLog(lease, "fence_at", fences.filter((each) => each >= Number(own.fence_at)).map(seconds), name),
    statusOf(lease, name, fence !== undefined && mayBeAlive({ fenceAt: fence }, nowSeconds)),
    ...denialOf(lease, name, role, ended, policy),
    ...(lease.dies_by === undefined || fence === undefined
      ? []
      : [is(lease, "dies_by", seconds(diesBy({ fenceAt: fence })), name)]),
  ];
}

/** Lists the fences of a lease in an event's facts; epoch seconds. */
const fencesOf = ({ leases, lease }: Facts, name: unknown): readonly number[] =>
  [...items(leases), lease ?? null]
    .filter(isFields)
    .flatMap((each) => (each.name === name && typeof each.fence_at === "number" ? [each.fence_at] : []));

function statusOf({ status }: Fields, name: string, mayLive: boolean): Field {
  const isNone = !["written", "expired", "pending"].includes(plainOf(status));
  return {
    name: "status",
    faults: [
      ...(isNone ? [differs(`status of ${name} is ${textOf(status)}, which is none`)] : []),
      ...(status === "expired" && mayLive
        ? [differs(`status of ${name} is expired, and its fence has not passed`)]
        : []),
    ],
  };
}

/** Compares the denial of a lease with the policy in the log. A receipt may be older than the policy. */
function denialOf(
  lease: Fields,
  name: string,
  role: string,
  ended: ArchivedEvent,
  policy: ArchivedEvent | undefined,
): readonly Field[] {
  const names = ["policy_written_at", "milliseconds"];
  if (lease.status !== "written" && names.every((each) => lease[each] === undefined)) return [];
  if (!policy)
    return names.map((each, index) => ({
      name: each,
      faults:
        index > 0 ? [] : [lacks(`has a denial of the keys of ${name} by ${role}, and the log has no such policy`)],
    }));
  return [
    is(lease, "policy_written_at", instant(policy.at), name),
    is(lease, "milliseconds", policy.at - ended.at, name),
  ];
}

/** Compares the lease of a connector's credential. */
function connectorOf(lease: Fields, { ended, ofTask }: Log): readonly Field[] {
  const name = textOf(lease.name);
  const revoked = ofTask.findLast(({ type, facts }) => type === "lease.revoked" && facts.name === lease.name);
  const issued = ofTask
    .flatMap(({ facts }) => items(facts.connector_leases).filter(isFields))
    .filter((each) => each.name === lease.name);
  const types = [...issued, ...(revoked ? [revoked.facts] : [])].map(({ type }) => type);
  const expiries = issued.flatMap(({ expires_at: each }) => (each === undefined ? [] : [seconds(each)]));
  const common = [
    ofTheLog(lease, "name", types.length === 0 ? [] : [lease.name], name),
    ofTheLog(lease, "type", types, name),
    ...(expiries.length === 0 ? [] : [ofTheLog(lease, "expires_at", expiries, name)]),
  ];
  if (lease.status !== "revoked") return [...common, is(lease, "status", "pending", name)];
  return [
    ...common,
    { name: "status", faults: [] },
    ofTheLog(lease, "revoked_at", revoked ? [instant(revoked.at)] : [], name),
    ...(ended && revoked
      ? [is(lease, "milliseconds", revoked.at >= ended.at ? revoked.at - ended.at : undefined, name)]
      : []),
  ];
}
