import { setTimeout as sleep } from "node:timers/promises";
import type { Reporter } from "../reporter.ts";
import { atOnce } from "./at-once.ts";
import type { OperatorApi } from "./operator-api.ts";
import { type Shown, shown } from "./shown.ts";
import { coloured, table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

const PAUSE_MS = 500;
/** Largest number of receipts that are read at the same time. */
const AT_ONCE = 8;

/** Receipts of tasks and of all tasks below them, read again until each is complete. */
export class Receipts {
  readonly #api: OperatorApi;
  readonly #read = new Map<string, Body>();
  readonly #unread = new Map<string, unknown>();

  constructor(api: OperatorApi) {
    this.#api = api;
  }

  /** Reads the receipts of tasks and of all tasks below them, except those known to be complete. A task whose receipt cannot be read is in `unread`. */
  async read(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !isComplete(this.#read.get(id)));
    await atOnce(AT_ONCE, missing, async (id) => {
      try {
        this.#read.set(id, await this.#api.get(`/v1/tasks/${encodeURIComponent(id)}/receipt`));
        this.#unread.delete(id);
      } catch (error) {
        this.#unread.set(id, error);
      }
    });
    const below = missing.flatMap((id) => listOf(this.#read.get(id)?.below).map(String));
    const further = [...new Set(below)].filter((id) => !ids.includes(id));
    if (further.length > 0) await this.read(further);
  }

  /** Repeats the reading until every receipt is complete or the time is over. Reports the number of denied keys meanwhile. */
  async await(ids: readonly string[], deadlineMs: number, report: Reporter): Promise<void> {
    const beganMs = Date.now();
    await this.read(ids);
    while (!this.isComplete && Date.now() < deadlineMs) {
      const keys = this.all.flatMap(leasesOf);
      const over = keys.filter(({ status }) => status !== "pending").length;
      const seconds = Math.round((Date.now() - beganMs) / 1_000);
      report.progress(`${over} of ${keys.length} keys denied after ${seconds} s`);
      await sleep(PAUSE_MS);
      await this.read(ids);
    }
  }

  get all(): readonly Body[] {
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

const isComplete = (receipt: Body | undefined): boolean => receipt?.complete === true;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Lists a receipt's leases. */
export const leasesOf = ({ leases }: Body): readonly Body[] => listOf(leases) as readonly Body[];

/** Formats a probe's result; only few endings have one. */
export function refused(observed: unknown): string {
  const { status, milliseconds } = (observed ?? {}) as Body;
  if (status === "denied") return `after ${milliseconds} ms`;
  if (status === "at_most") return `within ${milliseconds} ms`;
  return status === "not_observed" ? `not in ${milliseconds} ms` : "";
}

/** Formats receipts: the tasks, then the keys of each. */
export function describedReceipts(receipts: readonly Body[], complete: boolean): Shown {
  const tasks = receipts.map(({ task, agent, status, ended_at: at, by }) => [task, agent, status, at, by]);
  const keys = receipts.flatMap((receipt) =>
    leasesOf(receipt).map((lease) => [
      receipt.task,
      lease.name,
      lease.account,
      lease.role,
      lease.status,
      lease.policy_written_at ?? lease.revoked_at,
      lease.milliseconds === undefined ? "" : `${lease.milliseconds} ms`,
      refused(lease.observed),
      lease.fence_at ?? lease.expires_at,
    ]),
  );
  const headings = ["task", "key", "account", "role", "denial", "at", "after", "AWS refused", "dead by"];
  const end = complete ? coloured("complete", "green") : coloured("not complete", "red");
  if (receipts.length === 0) return shown`${end}\n`;
  return shown`${table(["task", "agent", "is", "since", "by"], tasks)}\n${keys.length === 0 ? "" : shown`${table(headings, keys)}\n`}${end}\n`;
}
