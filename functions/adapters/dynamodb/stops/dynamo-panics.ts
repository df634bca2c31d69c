import type { SignIn } from "../../../core/identity/sign-in.ts";
import { type ChainHead, EMPTY_CHAIN, type JournalEvent } from "../../../core/journal/event.ts";
import { afterRestore, isHalted, type Panic, type Panics } from "../../../core/revocation/panic.ts";
import { actWrites, signInRefusal } from "../identity/sign-in-items.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Time for which a known panic refuses requests from memory; milliseconds. Memory never allows anything. */
const KNOWN_MS = 5_000;

/**
 * Declared panic and latest lift, in one item each. Every issue of credentials reads both strongly after its write. The
 * lift removes the declared panic: `panic`, which may put it, cannot make an item that lifts.
 */
export class DynamoPanics implements Panics {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;
  readonly #restoredAt: number | undefined;
  #knownUntilMs = 0;

  /** @param restoredAt moment at which the table was restored, from the configuration; epoch seconds. */
  constructor(table: DynamoTable, nowMs: () => number, restoredAt: number | undefined) {
    this.#table = table;
    this.#nowMs = nowMs;
    this.#restoredAt = restoredAt;
  }

  async read(): Promise<Panic | undefined> {
    const [lifted, declared] = await Promise.all([keys.panic, keys.declaredPanic].map((key) => this.#table.get(key)));
    const latest = afterRestore(latestOf(lifted && recordOf<Panic>(lifted), declared), this.#restoredAt);
    this.#knownUntilMs = isHalted(latest, this.#nowMs() / 1_000) ? this.#nowMs() + KNOWN_MS : 0;
    return latest;
  }

  isKnown(): boolean {
    return this.#nowMs() < this.#knownUntilMs;
  }

  async change(panic: Panic, event: JournalEvent, signIn?: SignIn): Promise<void> {
    const failed = await this.#table.transact([
      ...(panic.liftedAt === undefined ? [this.#declareWrite(panic)] : this.#liftWrites(panic, event)),
      this.#table.putWrite("event", keys.panicEvent(event.n), { ...event, kind: "EVENT" }, "absent"),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.length > 0) throw signInRefusal(failed);
  }

  #declareWrite({ declaredAt, declaredBy, reason, chain }: Panic): Write {
    return this.#table.putWrite("panic", keys.declaredPanic, { declaredAt, declaredBy, reason, chain }, "absent");
  }

  /** Removes the declared panic and records the lift. A change at the same moment fails, since both have one event. */
  #liftWrites({ declaredAt, declaredBy, reason, liftedAt, liftedBy, chain }: Panic, { n }: JournalEvent): Write[] {
    return [
      this.#table.deleteWrite("declared", keys.declaredPanic),
      this.#table.updateWrite("panic", keys.panic, {
        set: "SET #declaredAt = :declaredAt, #declaredBy = :declaredBy, #reason = :reason, #chain = :chain, #liftedAt = :liftedAt, #liftedBy = :liftedBy",
        where: "attribute_not_exists(#chain) OR #chain.#n < :n",
        names: {
          declaredAt: "declaredAt",
          declaredBy: "declaredBy",
          reason: "reason",
          liftedAt: "liftedAt",
          liftedBy: "liftedBy",
          chain: "chain",
          n: "n",
        },
        values: { declaredAt, declaredBy, reason, liftedAt, liftedBy, chain, n },
      }),
    ];
  }
}

/**
 * Returns the latest panic. The item of a declared panic means that everything is halted, whatever its fields are: they
 * are only shown, and a field of another type than it should have counts as missing.
 * @param lifted the latest lifted panic, or one that an older version declared.
 */
function latestOf(lifted: Panic | undefined, declared: Item | undefined): Panic | undefined {
  if (!declared) return lifted;
  const { declaredAt, declaredBy, reason, chain } = recordOf<Partial<Record<keyof Panic, unknown>>>(declared);
  const before = lifted?.chain ?? EMPTY_CHAIN;
  return {
    declaredAt: isMoment(declaredAt) ? declaredAt : 0,
    declaredBy: typeof declaredBy === "string" ? declaredBy : "unknown",
    reason: typeof reason === "string" ? reason : "unknown",
    chain: isNext(chain, before.n) ? chain : before,
  };
}

/** Latest moment that a date can have; epoch seconds. */
const LATEST = 8_640_000_000_000;

const isMoment = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= LATEST;

/** True for the end of the chain after one event more. */
function isNext(chain: unknown, before: number): chain is ChainHead {
  const { n, hash } = (chain ?? {}) as Partial<Record<keyof ChainHead, unknown>>;
  return n === before + 1 && typeof hash === "string";
}
