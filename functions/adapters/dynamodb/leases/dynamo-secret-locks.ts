import type { AgentId } from "../../../../contract/agent-id.ts";
import type { EventType } from "../../../../contract/journal-types.ts";
import { EMPTY_CHAIN, headOf, nextEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import {
  isTakeable,
  LOCK_MARGIN_SECONDS,
  type RecordedMoment,
  type RotationRequest,
  type RotationRequestRef,
  type SecretLocks,
  type SecretRead,
  type SecretState,
  type SeenSecret,
  usedUntil,
  type Wanted,
  waitFor,
} from "../../../core/secrets/secret-lock.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys, readsOf, SECRET_LIST, secretPartition, seenPartition } from "../table/dynamo-keys.ts";
import type { Change, DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Locks of managed secrets, all in one partition: they are few, and the rotation finds them with one strong query. */
export class DynamoSecretLocks implements SecretLocks {
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
        this.#table.updateWrite(
          secret.name,
          keys.secret(secret.name),
          taking(secret, holder, untilSeconds, nowSeconds),
        ),
      ),
    );
    if (failed.length > 0) throw await this.#heldRefusal(failed, holder, nowSeconds);
  }

  async release(names: readonly string[], holder: string, rotateAfter: number): Promise<void> {
    // Releases each by itself, not in one transaction: a lock that this holder has lost needs no release.
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

  async recordRotated(name: string, atSeconds: number): Promise<boolean> {
    const state = await this.find(name);
    if (!state || usedUntil(state) > atSeconds) return false;
    return this.#change(state, "secret.rotated", atSeconds, "use", (moment) => ({
      set: "SET #status = :free, #rotates = :false, #rotated = :at, #retired = :moment REMOVE #after, #holder, #until",
      where: "(#status = :pending AND #after <= :at) OR (#status = :held AND #rotates = :true AND #until <= :past)",
      names: {
        status: "status",
        rotated: "lastRotatedAt",
        after: "rotateAfter",
        holder: "holder",
        until: "until",
        rotates: "rotates",
        retired: "retired",
      },
      values: {
        moment,
        free: "free",
        pending: "pending_rotation",
        held: "held",
        true: true,
        false: false,
        at: atSeconds,
        past: Math.min(atSeconds, this.#nowSeconds()) - LOCK_MARGIN_SECONDS,
      },
    }));
  }

  async requestRotation(
    { name, arn, retires = false }: RotationRequest,
    by: string,
    atSeconds: number,
  ): Promise<SecretState> {
    const state = (await this.find(name)) ?? { name, arn, status: "free", rotates: false };
    // Records the first request only: a value made after it answers every later request that demands no more.
    if (state.askedAt !== undefined && (state.retires || !retires)) return state;
    const isRequested = await this.#change(state, "secret.rotation_asked", atSeconds, by, () => ({
      set:
        "SET #asked = :at, #arn = :arn, #status = if_not_exists(#status, :free), #rotates = if_not_exists(#rotates, :false)" +
        (retires ? ", #retires = :true" : ""),
      where: `attribute_not_exists(${retires ? "#retires" : "#asked"})`,
      names: {
        asked: "askedAt",
        arn: "arn",
        status: "status",
        rotates: "rotates",
        ...(retires ? { retires: "retires" } : {}),
      },
      values: { at: atSeconds, arn, free: "free", false: false, ...(retires ? { true: true } : {}) },
    }));
    if (!isRequested) throw new Refusal("contended", { retryAfterSeconds: 1 });
    return { ...state, askedAt: atSeconds, ...(retires ? { retires } : {}) };
  }

  async recordDone(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean> {
    const set = `#rotated = :at${request.retires ? ", #retired = :moment" : ""}`;
    return this.#attempt(name, request, "secret.rotated", atSeconds, (moment) => ({
      set: `SET ${set} REMOVE #asked, #retires, #declined`,
      names: { rotated: "lastRotatedAt", declined: "declined", ...(request.retires ? { retired: "retired" } : {}) },
      values: { at: atSeconds, ...(request.retires ? { moment } : {}) },
    }));
  }

  async recordDeclined(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean> {
    return this.#attempt(name, request, "secret.rotation_declined", atSeconds, (moment) => ({
      set: "SET #declined = :moment REMOVE #asked, #retires",
      names: { declined: "declined" },
      values: { moment },
    }));
  }

  async recordReads(reads: readonly SecretRead[]): Promise<void> {
    await Promise.all(
      reads.flatMap((read) => [
        // An earlier record of the same read remains unchanged.
        this.#table.insert(keys.secretRead(read), { ...read }),
        this.#table.update(keys.secretSeen(read.agent, read.name), seeing(read)),
      ]),
    );
  }

  async readers(name: string, versionId: string): Promise<readonly SecretRead[]> {
    const items = await this.#table.query(secretPartition(name), readsOf(versionId));
    return items.map((item) => recordOf<SecretRead>(item));
  }

  async seenBy(agent: AgentId): Promise<readonly SeenSecret[]> {
    const items = await this.#table.query(seenPartition(agent), "");
    return items.map((item) => ({ name: String(item.sk), ...recordOf<Omit<SeenSecret, "name">>(item) }));
  }

  async find(name: string): Promise<SecretState | undefined> {
    const item = await this.#table.get(keys.secret(name));
    return item && stateOf(item);
  }

  /** Closes a request for a rotation, unless a later or stronger request has replaced it. @returns false where one has. */
  async #attempt(
    name: string,
    { askedAt, retires = false }: RotationRequestRef,
    type: Extract<EventType, `secret.${string}`>,
    atSeconds: number,
    change: (moment: RecordedMoment) => Omit<Change, "where">,
  ): Promise<boolean> {
    const state = await this.find(name);
    if (!state) return false;
    return this.#change(state, type, atSeconds, "request", (moment) => {
      const { set, names, values } = change(moment);
      return {
        set,
        where: `#asked = :asked AND ${retires ? "#retires = :true" : "attribute_not_exists(#retires)"}`,
        names: { ...names, asked: "askedAt", retires: "retires" },
        values: { ...values, asked: askedAt, ...(retires ? { true: true } : {}) },
      };
    });
  }

  /** Changes a secret's state in one transaction with its event. @returns false where the condition failed or the journal has a later event. */
  async #change(
    state: SecretState,
    type: Extract<EventType, `secret.${string}`>,
    atSeconds: number,
    by: string,
    changeOf: (moment: RecordedMoment) => Change,
  ): Promise<boolean> {
    const { name, chain = EMPTY_CHAIN } = state;
    const event = nextEvent(chain, name, type, this.#nowMs(), { by, at: atSeconds });
    const change = changeOf({ at: atSeconds, event: event.n, hash: event.hash });
    const failed = await this.#table.transact([
      this.#table.updateWrite(name, keys.secret(name), {
        set: change.set.replace("SET ", "SET #chain = :chain, "),
        where: `(${change.where}) AND ${state.chain ? "#chain.#n = :n" : "attribute_not_exists(#chain)"}`,
        names: { ...change.names, chain: "chain", ...(state.chain ? { n: "n" } : {}) },
        values: { ...change.values, chain: headOf(event), ...(state.chain ? { n: chain.n } : {}) },
      }),
      this.#table.putWrite("event", keys.secretEvent(name, event.n), { ...event, kind: "EVENT" }, "absent"),
    ]);
    return failed.length === 0;
  }

  async #heldRefusal(failed: readonly string[], holder: string, nowSeconds: number): Promise<Refusal> {
    const states = (await Promise.all(failed.map((name) => this.#table.get(keys.secret(name))))).map(
      (item) => item && stateOf(item),
    );
    // A secret that was released meanwhile needs no wait.
    const waits = states.filter((state) => !isTakeable(state, holder, nowSeconds));
    return heldRefusal(failed, Math.max(1, ...waits.map((state) => waitFor(state, nowSeconds))));
  }

  #nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }
}

const heldRefusal = (names: readonly string[], retryAfterSeconds: number): Refusal =>
  new Refusal("secret_held", { say: `It is about ${names.join(", ")}.`, retryAfterSeconds });

/** Builds the update that takes a secret; its condition is `isTakeable` in DynamoDB's syntax. */
const taking = (secret: Wanted, holder: string, untilSeconds: number, nowSeconds: number): Change => ({
  set:
    "SET #status = :held, #holder = :holder, #until = :until, #arn = :arn, " +
    // The duty to rotate remains, even if policy demands less when the holder repeats its request.
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
    past: nowSeconds - LOCK_MARGIN_SECONDS,
  },
});

/** Builds the update that records a read; an earlier `until` never replaces a later one. */
const seeing = ({ arn, holder, until }: SecretRead): Change => ({
  set: "SET #arn = :arn, #holder = :holder, #until = :until",
  where: "attribute_not_exists(#until) OR #until < :until",
  names: { arn: "arn", holder: "holder", until: "until" },
  values: { arn, holder, until },
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

const stateOf = (item: Item): SecretState => ({
  name: String(item.sk),
  ...recordOf<Omit<SecretState, "name">>(item),
});
