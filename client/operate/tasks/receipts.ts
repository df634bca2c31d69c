import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../../contract/decision/counted.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import type { Reporter } from "../../reporter.ts";
import { atOnce } from "../at-once.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";

/** Receipt as the service gives it. */
export type ReadReceipt = ReadAnswer<"GET /v1/tasks/{task}/receipt">;
/** Receipt of one key or credential. */
export type LeaseReceipt = ReadReceipt["leases"][number];
type Observed = Extract<LeaseReceipt, { readonly fence_at: string }>["observed"];

const PAUSE_MS = 500;
/** Largest number of receipts that are read at the same time. */
const AT_ONCE = 8;

/** Receipts of tasks and of all tasks below them, read again until each is complete. */
export class Receipts {
  readonly #api: OperatorApi;
  readonly #read = new Map<string, ReadReceipt>();
  readonly #unread = new Map<string, unknown>();

  constructor(api: OperatorApi) {
    this.#api = api;
  }

  /** Reads the receipts of tasks and of all tasks below them, except those known to be complete. A task whose receipt cannot be read is in `unread`. */
  async read(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !isComplete(this.#read.get(id)));
    await atOnce(AT_ONCE, missing, async (id) => {
      try {
        this.#read.set(id, await this.#api.call("GET /v1/tasks/{task}/receipt", { parameters: { task: id } }));
        this.#unread.delete(id);
      } catch (error) {
        this.#unread.set(id, error);
      }
    });
    const below = missing.flatMap((id) => this.#read.get(id)?.below ?? []);
    const further = [...new Set(below)].filter((id) => !ids.includes(id));
    if (further.length > 0) await this.read(further);
  }

  /** Repeats the reading until every receipt is complete or the time is over. Reports the number of denied keys meanwhile. */
  async await(ids: readonly string[], deadlineMs: number, report: Reporter): Promise<void> {
    const beganMs = Date.now();
    await this.read(ids);
    while (!this.isComplete && Date.now() < deadlineMs) {
      const keys = this.all.flatMap(({ leases }) => leases);
      const over = keys.filter(({ status }) => status !== "pending").length;
      const seconds = Math.round((Date.now() - beganMs) / 1_000);
      report.progress(`${over} of ${counted(keys.length, "key")} denied after ${seconds} s`);
      await sleep(PAUSE_MS);
      await this.read(ids);
    }
  }

  get all(): readonly ReadReceipt[] {
    return [...this.#read.values()];
  }

  /** Tasks whose receipt could not be read, with the error. */
  get unread(): ReadonlyMap<string, unknown> {
    return this.#unread;
  }

  get isComplete(): boolean {
    return this.#unread.size === 0 && this.all.every(isComplete);
  }
}

const isComplete = (receipt: ReadReceipt | undefined): boolean => receipt?.complete === true;

/** Key of a session with its place, the time of its denial and of its end; for another credential, what its provider knows. */
export const keyOf = (lease: LeaseReceipt) =>
  "fence_at" in lease
    ? { ...lease, deniedAt: lease.policy_written_at, deadBy: lease.dies_by ?? lease.fence_at }
    : { ...lease, deniedAt: lease.revoked_at, deadBy: lease.expires_at, ...NOT_OF_AWS };

const NOT_OF_AWS = {
  account: undefined,
  role: undefined,
  access_key_id: undefined,
  observed: undefined,
  unwritable: undefined,
} as const;

/**
 * Writes since when IAM cannot deny keys, and by when the last of them is dead by itself; undefined where there is none. The
 * moment has a margin for clocks that differ.
 */
export function outageOf(leases: readonly LeaseReceipt[]): string | undefined {
  const keys = leases.map(keyOf).filter(({ unwritable }) => unwritable !== undefined);
  const [last] = keys
    .map(({ deadBy }) => deadBy)
    .toSorted()
    .toReversed();
  if (last === undefined) return undefined;
  const [since] = keys.flatMap(({ unwritable }) => unwritable?.since ?? []).toSorted();
  return outageInWords(since, last);
}

/** Writes an outage of IAM with its accounts, as the hub describes it beside a panic. */
export const hubOutageInWords = ({ since, last_key_dies_by: last, accounts }: HubOutage): string =>
  `${outageInWords(since, last)} (${accounts.join(", ")})`;

type HubOutage = NonNullable<ReadAnswer<"GET /v1/panic">["unwritable"]>;

/** Writes an outage of IAM in a sentence, with its two moments. */
const outageInWords = (since: string | undefined, last: string | undefined): string =>
  `IAM cannot be written${since === undefined ? "" : ` since ${since}`}; ${
    last === undefined ? "no key can be alive" : `the last key dies by itself at ${last}`
  }`;

/** Formats a probe's result; only few endings have one. */
export function refused(observed: Observed): string {
  if (!observed) return "";
  const { status, milliseconds } = observed;
  if (status === "denied") return `after ${milliseconds} ms`;
  if (status === "at_most") return `within ${milliseconds} ms`;
  return status === "not_observed" ? `not in ${milliseconds} ms` : "";
}

/** Formats receipts: the tasks, then the keys of each. */
export function describedReceipts(receipts: readonly ReadReceipt[], complete: boolean): Shown {
  const tasks = receipts.map(({ task, agent, status, ended_at: at, by }) => [task, agent, status, at, by]);
  const keys = receipts.flatMap((receipt) =>
    receipt.leases
      .map(keyOf)
      .map(({ name, account, role, status, deniedAt, milliseconds, observed, deadBy }) => [
        receipt.task,
        name,
        account,
        role,
        status,
        deniedAt,
        milliseconds === undefined ? "" : `${milliseconds} ms`,
        refused(observed),
        deadBy,
      ]),
  );
  const headings = ["task", "key", "account", "role", "denial", "at", "after", "AWS refused", "dead by"];
  const end = complete ? coloured("complete", "green") : coloured("not complete", "red");
  const outage = outageOf(receipts.flatMap(({ leases }) => leases));
  const note = outage === undefined ? "" : shown`${coloured(outage, "red")}\n`;
  if (receipts.length === 0) return shown`${end}\n`;
  return shown`${table(["task", "agent", "is", "since", "by"], tasks)}\n${keys.length === 0 ? "" : shown`${table(headings, keys)}\n`}${signedIn(receipts)}${note}${end}\n`;
}

/** Formats what the hub signed by the sessions that stayed there; empty where there is none. */
function signedIn(receipts: readonly ReadReceipt[]): Shown | "" {
  const rows = receipts.flatMap(({ task, leases }) =>
    leases.flatMap((lease) => {
      if (!("fence_at" in lease) || !lease.signed) return [];
      const { count, last_at: last, calls } = lease.signed;
      return [[task, lease.name, count, last, calls.map((each) => `${each.operation} ${each.count}`).join(", ")]];
    }),
  );
  return rows.length === 0 ? "" : shown`${table(["task", "key", "signed", "last", "of which"], rows)}\n`;
}
