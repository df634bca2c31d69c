import {
  isNews,
  noLoad,
  type OpenedTask,
  type RoleLoad,
  type RoleLoads,
  withOpened,
} from "../../../core/revocation/load.ts";
import type { RoleRef } from "../../../core/revocation/roles.ts";
import { type RoleWrites, unwritableSince } from "../../../core/revocation/unwritable.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Age at which a load is read again, beside the reads of the vend that noticed; milliseconds. Meanwhile this process adds its own openings to the old load. */
const FRESH_MS = 5_000;

/** Age from which a load, or the number of live tasks, is no longer used, so that the vend waits for a new one; milliseconds. */
const CACHE_MS = 60_000;

/** Upper bound on the difference between the reconciler's clock and this one; milliseconds. A task opened within it counts twice rather than never. */
const CLOCK_MS = 2_000;

/** Time after which an own opening is in the reconciler's count, unless the reconciler does not run; milliseconds. */
const OWN_MS = 120_000;

interface Opened extends OpenedTask {
  readonly atMs: number;
}

/**
 * Own openings in a role, the earliest first. `sum` caches their sum with a load, since most reads find no new opening.
 */
interface Openings {
  readonly tasks: Opened[];
  sum?: { readonly of: RoleLoad; readonly count: number; readonly load: RoleLoad };
}

/** A role's load and writes, and the moment at which this process read them. */
interface Known {
  readonly load: RoleLoad;
  readonly failingSinceMs?: number;
  readonly readAtMs: number;
}

/** Loads of the roles' policies. The reconciler writes them; a process that opens tasks reads them and adds its own openings since. */
export class DynamoRoleLoads implements RoleLoads {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;
  readonly #read: TimedCache<Known>;
  readonly #living: TimedCache<number>;
  readonly #reading = new Map<string, Promise<Known>>();
  readonly #reported = new Map<string, RoleLoad>();
  readonly #opened = new Map<string, Openings>();

  constructor(table: DynamoTable, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
    this.#read = new TimedCache(CACHE_MS, 1_000, nowMs);
    this.#living = new TimedCache(CACHE_MS, 1, nowMs);
  }

  async read(role: RoleRef): Promise<RoleLoad> {
    const { load } = await this.#current(role);
    const sinceMs = Math.max(load.snapshotAtMs - CLOCK_MS, this.#nowMs() - OWN_MS);
    const own = this.#openingsIn(role);
    const begin = own.tasks.findIndex(({ atMs }) => atMs >= sinceMs);
    const past = begin < 0 ? own.tasks.length : begin;
    own.tasks.splice(0, past);
    const isSum = past === 0 && own.sum?.of === load;
    const [from, known] = isSum && own.sum ? [own.sum.count, own.sum.load] : [0, load];
    if (!isSum || from < own.tasks.length)
      own.sum = { of: load, count: own.tasks.length, load: withOpened(known, own.tasks.slice(from)) };
    return own.sum?.load ?? load;
  }

  #openingsIn(role: RoleRef): Openings {
    const own = this.#opened.get(nameOf(role)) ?? { tasks: [] };
    this.#opened.set(nameOf(role), own);
    return own;
  }

  recordOpened(role: RoleRef, agent: string, characters: number): void {
    this.#openingsIn(role).tasks.push({ atMs: this.#nowMs(), agent, characters });
  }

  async report(role: RoleRef, load: RoleLoad): Promise<void> {
    if (!isNews(this.#reported.get(nameOf(role)), load)) return;
    // A load from an older snapshot never replaces one from a newer snapshot, whoever wrote it.
    await this.#table.update(keys.load(role.account, role.role), {
      set: "SET #load = :load, #at = :at REMOVE #failing",
      where: "attribute_not_exists(#at) OR #at < :at",
      names: { load: "load", at: "at", failing: "failing" },
      values: { load, at: load.snapshotAtMs },
    });
    this.#reported.set(nameOf(role), load);
  }

  async reportFailure(role: RoleRef, atMs: number): Promise<void> {
    // The next success is news, however soon it comes.
    this.#reported.delete(nameOf(role));
    await this.#table.update(keys.load(role.account, role.role), {
      set: "SET #failing = :at",
      where: "attribute_not_exists(#failing) AND (attribute_not_exists(#at) OR #at < :at)",
      names: { failing: "failing", at: "at" },
      values: { at: atMs },
    });
  }

  async writes(role: RoleRef): Promise<RoleWrites> {
    const known = await this.#current(role);
    const isFresh = this.#nowMs() - known.readAtMs < FRESH_MS;
    // An old answer shows that IAM can be written, and not that it cannot: the record may have a success since.
    if (isFresh || unwritableSince(writesOf(known), this.#nowMs()) === undefined) return writesOf(known);
    return writesOf(await (this.#reading.get(nameOf(role)) ?? this.#fetch(role, "loosely")));
  }

  async living(): Promise<number> {
    const known = this.#living.find(LIVING);
    if (known !== undefined) return known;
    const item = await this.#table.get(keys.liveCount, "loosely");
    const count = typeof item?.living === "number" ? item.living : 0;
    this.#living.keep(LIVING, count);
    return count;
  }

  async reportLiving(count: number): Promise<void> {
    await this.#table.update(keys.liveCount, {
      set: "SET #living = :count",
      where: "attribute_not_exists(#living) OR #living <> :count",
      names: { living: LIVING },
      values: { count },
    });
  }

  async #current(role: RoleRef): Promise<Known> {
    const known = this.#read.find(nameOf(role));
    if (known && this.#nowMs() - known.readAtMs < FRESH_MS) return known;
    const reading = this.#reading.get(nameOf(role)) ?? this.#fetch(role, known ? "along" : "loosely");
    if (!known) return reading;
    // Ignores a failed background read: the next vend reads again, and waits for it once the load is too old.
    reading.catch(() => {});
    return known;
  }

  #fetch(role: RoleRef, how: "loosely" | "along"): Promise<Known> {
    const reading = this.#readFrom(role, how).finally(() => this.#reading.delete(nameOf(role)));
    this.#reading.set(nameOf(role), reading);
    return reading;
  }

  async #readFrom(role: RoleRef, how: "loosely" | "along"): Promise<Known> {
    const item = await this.#table.get(keys.load(role.account, role.role), how);
    const load = (item?.load as RoleLoad | undefined) ?? noLoad(0);
    const failing = typeof item?.failing === "number" ? { failingSinceMs: item.failing } : {};
    const known = { load, ...failing, readAtMs: this.#nowMs() };
    this.#read.keep(nameOf(role), known);
    return known;
  }
}

/** Attribute with the number of live tasks, and the one name in its cache. */
const LIVING = "living";

const writesOf = ({ load, failingSinceMs }: Known): RoleWrites => ({
  succeededAtMs: load.snapshotAtMs,
  ...(failingSinceMs === undefined ? {} : { failingSinceMs }),
});

const nameOf = ({ account, role }: RoleRef): string => `${account}#${role}`;
