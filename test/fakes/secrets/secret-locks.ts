import type { EventType } from "../../../contract/journal-types.ts";
import {
  EMPTY_CHAIN,
  type Facts,
  headOf,
  type JournalEvent,
  linkEvent,
} from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import {
  isTakeable,
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
} from "../../../functions/core/secrets/secret-lock.ts";
import { CheckedEvents } from "../checked-events.ts";

/** Fake locks of secrets, in memory. */
export class FakeSecretLocks implements SecretLocks {
  readonly known = new Map<string, SecretState>();
  readonly reads: SecretRead[] = [];
  readonly events: JournalEvent[] = new CheckedEvents();
  readonly #seen = new Map<string, Map<string, SeenSecret>>();
  readonly #nowMs: () => number;
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async take(wanted: readonly Wanted[], holder: string, untilSeconds: number): Promise<void> {
    await this.before("take");
    const now = this.#nowSeconds();
    const held = wanted.filter(({ name }) => !isTakeable(this.known.get(name), holder, now)).map(({ name }) => name);
    if (held.length > 0) {
      const retryAfterSeconds = Math.max(...held.map((name) => waitFor(this.known.get(name), now)));
      throw new Refusal("secret_held", { say: `It is about ${held.join(", ")}.`, retryAfterSeconds });
    }
    for (const secret of wanted) {
      const before = this.known.get(secret.name);
      const rotates = secret.rotates || (before?.rotates ?? false);
      this.known.set(secret.name, { ...before, ...secret, rotates, status: "held", holder, until: untilSeconds });
    }
  }

  async release(names: readonly string[], holder: string, rotateAfter: number): Promise<void> {
    await this.before("release");
    for (const name of names) {
      const state = this.known.get(name);
      if (state?.status !== "held" || state.holder !== holder) continue;
      const { holder: _holder, until: _until, ...rest } = state;
      const next = rest.rotates ? { status: "pending_rotation" as const, rotateAfter } : { status: "free" as const };
      this.known.set(name, { ...rest, ...next });
    }
  }

  async states(): Promise<readonly SecretState[]> {
    await this.before("states");
    return [...this.known.values()];
  }

  async find(name: string): Promise<SecretState | undefined> {
    await this.before("find");
    return this.known.get(name);
  }

  async recordRotated(name: string, atSeconds: number): Promise<boolean> {
    await this.before("recordRotated");
    const state = this.known.get(name);
    if (!state || usedUntil(state) > Math.min(atSeconds, this.#nowSeconds())) return false;
    const { holder: _holder, until: _until, rotateAfter: _after, ...rest } = state;
    this.#change(
      (retired) => ({ ...rest, status: "free", rotates: false, lastRotatedAt: atSeconds, retired }),
      "secret.rotated",
      { by: "use", at: atSeconds },
    );
    return true;
  }

  async requestRotation(
    { name, arn, retires = false }: RotationRequest,
    by: string,
    atSeconds: number,
  ): Promise<SecretState> {
    await this.before("requestRotation");
    const state = this.known.get(name) ?? { name, arn, status: "free" as const, rotates: false };
    if (state.askedAt !== undefined && (state.retires || !retires)) return state;
    const requested = { ...state, askedAt: atSeconds, ...(retires ? { retires } : {}) };
    this.#change(() => requested, "secret.rotation_asked", { by, at: atSeconds });
    return requested;
  }

  async recordDone(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean> {
    await this.before("recordDone");
    return this.#attempt(name, request, "secret.rotated", atSeconds, ({ declined: _, ...state }, moment) => ({
      ...state,
      lastRotatedAt: atSeconds,
      ...(request.retires ? { retired: moment } : {}),
    }));
  }

  async recordDeclined(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean> {
    await this.before("recordDeclined");
    return this.#attempt(name, request, "secret.rotation_declined", atSeconds, (state, moment) => ({
      ...state,
      declined: moment,
    }));
  }

  async recordReads(reads: readonly SecretRead[]): Promise<void> {
    await this.before("recordReads");
    for (const read of reads) {
      const isKnown = this.reads.some(
        ({ name, versionId, holder }) => name === read.name && versionId === read.versionId && holder === read.holder,
      );
      if (!isKnown) this.reads.push(read);
      const { name, arn, holder, agent, until } = read;
      const seen = this.#seen.get(agent) ?? new Map<string, SeenSecret>();
      if ((seen.get(name)?.until ?? Number.NEGATIVE_INFINITY) < until) seen.set(name, { name, arn, holder, until });
      this.#seen.set(agent, seen);
    }
  }

  async seenBy(agent: string): Promise<readonly SeenSecret[]> {
    await this.before("seenBy");
    return [...(this.#seen.get(agent)?.values() ?? [])];
  }

  async readers(name: string, versionId: string): Promise<readonly SecretRead[]> {
    await this.before("readers");
    return this.reads.filter((read) => read.name === name && read.versionId === versionId);
  }

  #attempt(
    name: string,
    { askedAt, retires = false }: RotationRequestRef,
    type: Extract<EventType, `secret.${string}`>,
    atSeconds: number,
    next: (state: SecretState, moment: RecordedMoment) => SecretState,
  ): boolean {
    const { askedAt: pendingAt, retires: retiring = false, ...state } = this.known.get(name) ?? {};
    if (pendingAt === undefined || pendingAt !== askedAt || retiring !== retires) return false;
    this.#change((moment) => next(state as SecretState, moment), type, { by: "request", at: atSeconds });
    return true;
  }

  #change(
    next: (moment: RecordedMoment) => SecretState,
    type: Extract<EventType, `secret.${string}`>,
    facts: Facts & { readonly at: number },
  ): void {
    const { name, chain = EMPTY_CHAIN } = next({ at: 0, event: 0, hash: "" });
    const event = linkEvent(chain, name, type, this.#nowMs(), facts);
    this.events.push(event);
    this.known.set(name, { ...next({ at: facts.at, event: event.n, hash: event.hash }), chain: headOf(event) });
  }

  #nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }
}
