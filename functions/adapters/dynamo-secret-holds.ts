import { EMPTY_CHAIN, type EventType, headOf, linkEvent } from "../core/journal/event.ts";
import { Refusal } from "../core/refusal.ts";
import {
  HOLD_MARGIN_SECONDS,
  isTakeable,
  type SecretHolds,
  type SecretRead,
  type SecretState,
  usedUntil,
  type Wanted,
  waitFor,
} from "../core/secrets/secret-hold.ts";
import { keys, readsOf, SECRET_LIST, secretPartition } from "./dynamo-keys.ts";
import type { Change, DynamoTable } from "./dynamo-table.ts";

/** One partition holds all of them: there are few, and whoever rotates them finds them by one strong query. */
export class DynamoSecretHolds implements SecretHolds {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;

  constructor(table: DynamoTable, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
  }

  async take(wanted: readonly Wanted[], holder: string, untilSeconds: number): Promise<void> {
    if (wanted.length === 0) return;
    const nowSeconds = this.#nowSeconds();
    const failed = await this.#table.transact(
      wanted.map((secret) =>
        this.#table.change(secret.name, keys.secret(secret.name), taking(secret, holder, untilSeconds, nowSeconds)),
      ),
    );
    if (failed.length > 0) throw await this.#heldRefusal(failed, holder, nowSeconds);
  }

  async release(names: readonly string[], holder: string, rotateAfter: number): Promise<void> {
    // One by one, and not all or none: what this holder does not hold any more is released already.
    await Promise.all(
      names.map(async (name) => {
        const isFree = await this.#table.update(keys.secret(name), freeing(holder));
        if (!isFree) await this.#table.update(keys.secret(name), pending(holder, rotateAfter));
      }),
    );
  }

  async states(): Promise<readonly SecretState[]> {
    return (await this.#table.query(SECRET_LIST, "")).map(stateOf);
  }

  async rotated(name: string, atSeconds: number): Promise<boolean> {
    const state = await this.find(name);
    if (!state || usedUntil(state) > atSeconds) return false;
    return this.#change(state, "secret.rotated", atSeconds, "use", {
      set: "SET #status = :free, #rotates = :false, #rotated = :at REMOVE #after, #holder, #until",
      where: "(#status = :pending AND #after <= :at) OR (#status = :held AND #rotates = :true AND #until <= :past)",
      names: {
        status: "status",
        rotated: "lastRotatedAt",
        after: "rotateAfter",
        holder: "holder",
        until: "until",
        rotates: "rotates",
      },
      values: {
        free: "free",
        pending: "pending_rotation",
        held: "held",
        true: true,
        false: false,
        at: atSeconds,
        past: Math.min(atSeconds, this.#nowSeconds()) - HOLD_MARGIN_SECONDS,
      },
    });
  }

  async ask({ name, arn }: Pick<SecretState, "name" | "arn">, by: string, atSeconds: number): Promise<SecretState> {
    const state = (await this.find(name)) ?? { name, arn, status: "free", rotates: false };
    // The first who asks is remembered: a value that was made after that answers all of them.
    if (state.askedAt !== undefined) return state;
    const isAsked = await this.#change(state, "secret.rotation_asked", atSeconds, by, {
      set: "SET #asked = :at, #arn = :arn, #status = if_not_exists(#status, :free), #rotates = if_not_exists(#rotates, :false)",
      where: "attribute_not_exists(#asked)",
      names: { asked: "askedAt", arn: "arn", status: "status", rotates: "rotates" },
      values: { at: atSeconds, arn, free: "free", false: false },
    });
    if (!isAsked) throw new Refusal("contended", { retryAfterSeconds: 1 });
    return { ...state, askedAt: atSeconds };
  }

  async answered(name: string, askedAt: number, atSeconds: number): Promise<boolean> {
    const state = await this.find(name);
    if (!state) return false;
    return this.#change(state, "secret.rotated", atSeconds, "request", {
      set: "SET #rotated = :at REMOVE #asked",
      where: "#asked = :asked",
      names: { asked: "askedAt", rotated: "lastRotatedAt" },
      values: { at: atSeconds, asked: askedAt },
    });
  }

  async noteReads(reads: readonly SecretRead[]): Promise<void> {
    // Said before, it stays as it was said.
    await Promise.all(reads.map((read) => this.#table.insert(keys.secretRead(read), { ...read })));
  }

  async readers(name: string, versionId: string): Promise<readonly SecretRead[]> {
    const items = await this.#table.query(secretPartition(name), readsOf(versionId));
    return items.map(({ pk: _pk, sk: _sk, ...read }) => read as unknown as SecretRead);
  }

  async find(name: string): Promise<SecretState | undefined> {
    const item = await this.#table.get(keys.secret(name));
    return item && stateOf(item);
  }

  /** With its event, or not at all. @returns false where the condition does not hold, or the journal went on meanwhile. */
  async #change(state: SecretState, type: EventType, atSeconds: number, by: string, change: Change): Promise<boolean> {
    const { name, chain = EMPTY_CHAIN } = state;
    const event = linkEvent(chain, name, type, this.#nowMs(), { by, at: atSeconds });
    const failed = await this.#table.transact([
      this.#table.change(name, keys.secret(name), {
        set: change.set.replace("SET ", "SET #chain = :chain, "),
        where: `(${change.where}) AND ${state.chain ? "#chain.#n = :n" : "attribute_not_exists(#chain)"}`,
        names: { ...change.names, chain: "chain", ...(state.chain ? { n: "n" } : {}) },
        values: { ...change.values, chain: headOf(event), ...(state.chain ? { n: chain.n } : {}) },
      }),
      this.#table.put("event", keys.secretEvent(name, event.n), { ...event, kind: "EVENT" }, "absent"),
    ]);
    return failed.length === 0;
  }

  async #heldRefusal(failed: readonly string[], holder: string, nowSeconds: number): Promise<Refusal> {
    const states = (await Promise.all(failed.map((name) => this.#table.get(keys.secret(name))))).map(
      (item) => item && stateOf(item),
    );
    // What has become free meanwhile can be had at once.
    const waits = states.filter((state) => !isTakeable(state, holder, nowSeconds));
    return heldRefusal(failed, Math.max(1, ...waits.map((state) => waitFor(state, nowSeconds))));
  }

  #nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }
}

const heldRefusal = (names: readonly string[], retryAfterSeconds: number): Refusal =>
  new Refusal("secret_held", { say: `It is about ${names.join(", ")}.`, retryAfterSeconds });

/** `isTakeable`, in DynamoDB's words. */
const taking = (secret: Wanted, holder: string, untilSeconds: number, nowSeconds: number): Change => ({
  set:
    "SET #status = :held, #holder = :holder, #until = :until, #arn = :arn, " +
    // What has to be rotated stays so, though policy may ask for less when its holder asks again.
    `#rotates = ${secret.rotates ? ":true" : "if_not_exists(#rotates, :false)"}`,
  where:
    "attribute_not_exists(#status) OR #status = :free OR (#status = :held AND " +
    "(#holder = :holder OR (#rotates = :false AND #until <= :past)))",
  names: { status: "status", holder: "holder", until: "until", rotates: "rotates", arn: "arn" },
  values: {
    held: "held",
    free: "free",
    holder,
    until: untilSeconds,
    ...(secret.rotates ? { true: true } : {}),
    arn: secret.arn,
    false: false,
    past: nowSeconds - HOLD_MARGIN_SECONDS,
  },
});

const OWN = "#status = :held AND #holder = :holder";

const freeing = (holder: string): Change => ({
  set: "SET #status = :free REMOVE #holder, #until",
  where: `${OWN} AND #rotates = :false`,
  names: { status: "status", holder: "holder", until: "until", rotates: "rotates" },
  values: { held: "held", free: "free", holder, false: false },
});

const pending = (holder: string, rotateAfter: number): Change => ({
  set: "SET #status = :pending, #after = :after REMOVE #holder, #until",
  where: OWN,
  names: { status: "status", after: "rotateAfter", holder: "holder", until: "until" },
  values: { held: "held", pending: "pending_rotation", after: rotateAfter, holder },
});

const stateOf = ({ pk: _pk, sk, ...item }: Readonly<Record<string, unknown>>): SecretState =>
  ({ name: String(sk), ...item }) as unknown as SecretState;
