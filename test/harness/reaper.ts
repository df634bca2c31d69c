import { Refusal } from "../../functions/core/refusal.ts";
import { FROM_MEMORY } from "./around-calls.ts";

/** Refusal of every call that a dead process would make. */
const crash = () => new Refusal("store_unavailable", { why: "the process has died" });

/**
 * Ports of a process that can be killed at one of its calls to the world. The process dies before or after the call's
 * effect.
 */
export class Reaper {
  /** Calls since `arm`. */
  calls = 0;
  isDead = false;
  #at = Number.POSITIVE_INFINITY;
  #when: "before" | "after" = "before";
  #isForGood = true;

  constructor(at = Number.POSITIVE_INFINITY, when: "before" | "after" = "before") {
    this.arm(at, when);
  }

  /**
   * Counts calls from 0 again.
   * @param at number of the fatal call, from 0.
   * @param lasts `once`: the process survives, and only that call fails.
   */
  arm(at: number, when: "before" | "after", lasts: "for good" | "once" = "for good"): void {
    this.calls = 0;
    this.isDead = false;
    this.#at = at;
    this.#when = when;
    this.#isForGood = lasts === "for good";
  }

  disarm(): void {
    this.arm(Number.POSITIVE_INFINITY, "before");
  }

  readonly disturb = <T extends object>(_name: string, port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (FROM_MEMORY.has(String(name))) return member.bind(target);
        return async (...given: unknown[]) => {
          if (this.isDead) throw crash();
          const isHere = this.calls === this.#at;
          this.calls += 1;
          if (isHere && this.#when === "before") throw this.#die();
          const value: unknown = await Reflect.apply(member, target, given);
          if (isHere) throw this.#die();
          if (this.isDead) throw crash();
          return value;
        };
      },
    });

  #die(): Refusal {
    this.isDead = this.#isForGood;
    return crash();
  }
}
