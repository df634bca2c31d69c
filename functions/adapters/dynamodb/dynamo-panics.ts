import type { SignIn } from "../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../core/journal/event.ts";
import { afterRestore } from "../../core/revocation/after-restore.ts";
import { isHalted, type Panic } from "../../core/revocation/panic.ts";
import type { Panics } from "../../core/revocation/panics.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { actWrites, signInRefusal } from "./sign-in-items.ts";

/** Time for which a known panic refuses requests from memory; milliseconds. Memory never allows anything. */
const KNOWN_MS = 5_000;

/** Latest panic, in one item, which every issue of credentials reads strongly after its write. */
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
    const item = await this.#table.get(keys.panic);
    const latest = afterRestore(item && recordOf<Panic>(item), this.#restoredAt);
    this.#knownUntilMs = isHalted(latest, this.#nowMs() / 1_000) ? this.#nowMs() + KNOWN_MS : 0;
    return latest;
  }

  isKnown(): boolean {
    return this.#nowMs() < this.#knownUntilMs;
  }

  async change(panic: Panic, event: JournalEvent, signIn?: SignIn): Promise<void> {
    const { declaredAt, declaredBy, reason, liftedAt, liftedBy, chain } = panic;
    const failed = await this.#table.transact([
      this.#table.updateWrite("panic", keys.panic, {
        set: `SET #declaredAt = :declaredAt, #declaredBy = :declaredBy, #reason = :reason, #chain = :chain${
          liftedAt === undefined ? " REMOVE #liftedAt, #liftedBy" : ", #liftedAt = :liftedAt, #liftedBy = :liftedBy"
        }`,
        where: event.n === 1 ? "attribute_not_exists(#chain)" : "#chain.#n = :n",
        names: {
          declaredAt: "declaredAt",
          declaredBy: "declaredBy",
          reason: "reason",
          liftedAt: "liftedAt",
          liftedBy: "liftedBy",
          chain: "chain",
          ...(event.n === 1 ? {} : { n: "n" }),
        },
        values: {
          declaredAt,
          declaredBy,
          reason,
          liftedAt,
          liftedBy,
          chain,
          n: event.n === 1 ? undefined : event.n - 1,
        },
      }),
      this.#table.putWrite("event", keys.panicEvent(event.n), { ...event, kind: "EVENT" }, "absent"),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.length > 0) throw signInRefusal(failed);
  }
}
