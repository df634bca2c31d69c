import { Refusal } from "../core/refusal.ts";
import {
  HOLD_MARGIN_SECONDS,
  isTakeable,
  type SecretHolds,
  type SecretState,
  type Wanted,
  waitFor,
} from "../core/secrets/secret-hold.ts";
import { keys, SECRET_LIST } from "./dynamo-keys.ts";
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
    return this.#table.update(keys.secret(name), {
      set: "SET #status = :free, #rotates = :false, #rotated = :at REMOVE #after, #holder, #until",
      where: "#status = :pending OR (#status = :held AND #rotates = :true AND #until <= :past)",
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
        past: this.#nowSeconds() - HOLD_MARGIN_SECONDS,
      },
    });
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
