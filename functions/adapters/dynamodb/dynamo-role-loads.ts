import { isNews, noLoad, type RoleLoad, withOpened } from "../../core/revocation/load.ts";
import type { RoleLoads } from "../../core/revocation/role-loads.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { TimedCache } from "../memory/timed-cache.ts";
import { keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** After so long a load is read again, beside the vend that noticed; what this process opened since is added to the old one meanwhile. */
const FRESH_MS = 5_000;

/** An older one is not believed: the vend waits for a new one. */
const CACHE_MS = 60_000;

/** Clocks of the reconciler and of this process may differ by so much: what was opened then counts twice rather than not at all. */
const CLOCK_MS = 2_000;

/** After so long it has been counted, or the reconciler stands still. */
const OWN_MS = 120_000;

interface Opened {
  readonly atMs: number;
  readonly agent: string;
  readonly characters: number;
}

/** How full each role's policy is: written by the reconciler, read by whoever opens tasks, who adds what it opened itself since. */
export class DynamoRoleLoads implements RoleLoads {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;
  readonly #read: TimedCache<{ readonly load: RoleLoad; readonly readAtMs: number }>;
  readonly #reading = new Map<string, Promise<RoleLoad>>();
  readonly #reported = new Map<string, RoleLoad>();
  readonly #opened = new Map<string, Opened[]>();

  constructor(table: DynamoTable, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
    this.#read = new TimedCache(CACHE_MS, 1_000, nowMs);
  }

  async read(role: RoleRef): Promise<RoleLoad> {
    const load = await this.#current(role);
    const sinceMs = Math.max(load.snapshotAtMs - CLOCK_MS, this.#nowMs() - OWN_MS);
    const own = (this.#opened.get(nameOf(role)) ?? []).filter(({ atMs }) => atMs >= sinceMs);
    this.#opened.set(nameOf(role), own);
    return own.reduce((sum, { agent, characters }) => withOpened(sum, agent, characters), load);
  }

  recordOpened(role: RoleRef, agent: string, characters: number): void {
    const own = this.#opened.get(nameOf(role)) ?? [];
    own.push({ atMs: this.#nowMs(), agent, characters });
    this.#opened.set(nameOf(role), own);
  }

  async report(role: RoleRef, load: RoleLoad): Promise<void> {
    if (!isNews(this.#reported.get(nameOf(role)), load)) return;
    // An older look at the record never takes the place of a newer one; whose it is makes no difference.
    await this.#table.update(keys.load(role.account, role.role), {
      set: "SET #load = :load, #at = :at",
      where: "attribute_not_exists(#at) OR #at < :at",
      names: { load: "load", at: "at" },
      values: { load, at: load.snapshotAtMs },
    });
    this.#reported.set(nameOf(role), load);
  }

  async #current(role: RoleRef): Promise<RoleLoad> {
    const known = this.#read.find(nameOf(role));
    if (known && this.#nowMs() - known.readAtMs < FRESH_MS) return known.load;
    const reading = this.#reading.get(nameOf(role)) ?? this.#fetch(role);
    if (!known) return reading;
    // What cannot be read now is read again by the next vend, and soon waited for.
    reading.catch(() => {});
    return known.load;
  }

  #fetch(role: RoleRef): Promise<RoleLoad> {
    const reading = this.#readFrom(role).finally(() => this.#reading.delete(nameOf(role)));
    this.#reading.set(nameOf(role), reading);
    return reading;
  }

  async #readFrom(role: RoleRef): Promise<RoleLoad> {
    const item = await this.#table.get(keys.load(role.account, role.role), false);
    const load = (item?.load as RoleLoad | undefined) ?? noLoad(0);
    this.#read.keep(nameOf(role), { load, readAtMs: this.#nowMs() });
    return load;
  }
}

const nameOf = ({ account, role }: RoleRef): string => `${account}#${role}`;
