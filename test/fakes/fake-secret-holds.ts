import { Refusal } from "../../functions/core/refusal.ts";
import {
  HOLD_MARGIN_SECONDS,
  isTakeable,
  type SecretHolds,
  type SecretState,
  type Wanted,
  waitFor,
} from "../../functions/core/secrets/secret-hold.ts";

/** Holds in memory. */
export class FakeSecretHolds implements SecretHolds {
  readonly known = new Map<string, SecretState>();
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

  async rotated(name: string, atSeconds: number): Promise<boolean> {
    await this.before("rotated");
    const state = this.known.get(name);
    const isOver = (state?.until ?? 0) <= this.#nowSeconds() - HOLD_MARGIN_SECONDS;
    const isWaiting = state?.status === "pending_rotation" || (state?.status === "held" && state.rotates && isOver);
    if (!state || !isWaiting) return false;
    const { holder: _holder, until: _until, rotateAfter: _after, ...rest } = state;
    this.known.set(name, { ...rest, status: "free", rotates: false, lastRotatedAt: atSeconds });
    return true;
  }

  #nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }
}
