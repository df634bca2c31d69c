import type { ConditionKind } from "../../../contract/names.ts";
import type { ConditionStore } from "../../../functions/core/conditions/conditions.ts";
import type { HeldCondition } from "../../../functions/core/conditions/held-condition.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";

/** Conditions in memory. */
export class FakeConditions implements ConditionStore {
  readonly events: JournalEvent[] = [];
  /** Called before each method with its name: a test sets a condition here between two steps of a request, or fails. */
  before: (called: string) => void = () => undefined;
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  readonly #held = { restricts: new Map<string, HeldCondition>(), permits: new Map<string, HeldCondition>() };

  async list(kind: ConditionKind, nowSeconds: number): Promise<readonly HeldCondition[]> {
    this.before("list");
    return [...this.#held[kind].values()].filter(({ until }) => nowSeconds < until);
  }

  async set(kind: ConditionKind, held: HeldCondition, event: JournalEvent, signIn?: SignIn): Promise<void> {
    this.before("set");
    if (this.events.some(({ of, n }) => of === event.of && n === event.n)) return;
    this.useSignIn(signIn);
    this.put(kind, held);
    this.events.push(event);
  }

  async remove(
    kind: ConditionKind,
    held: readonly HeldCondition[],
    event: JournalEvent,
    signIn?: SignIn,
  ): Promise<void> {
    this.before("remove");
    this.useSignIn(signIn);
    for (const each of held) this.#held[kind].delete(placeOf(each));
    this.events.push(event);
  }

  /** Sets a condition, as a function does that takes part in no act. */
  put(kind: ConditionKind, held: HeldCondition): void {
    this.#held[kind].set(placeOf(held), held);
  }
}

const placeOf = ({ name, scope, until }: HeldCondition): string => `${name}#${scope}#${until}`;
