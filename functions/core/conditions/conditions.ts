import type { ConditionKind } from "../../../contract/names.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { DefinedCondition } from "./defined-condition.ts";
import { type HeldCondition, holdingFor } from "./held-condition.ts";
import { type AgentOfConditions, type Holding, NOTHING_HOLDS } from "./holding.ts";

/** Conditions of the world, as decisions read them. */
export interface Conditions {
  /**
   * Returns what holds for the agent, as this process read it within the last 5 s. A decision on it may be stale, so callers that issue
   * anything call `read` after their write.
   * @throws {Refusal} store_unavailable.
   */
  known(agent: AgentOfConditions): Promise<Holding>;
  /**
   * Returns what holds for the agents, by one strongly consistent read.
   * @throws {Refusal} store_unavailable.
   */
  read(agents: readonly AgentOfConditions[]): Promise<readonly Holding[]>;
}

/** Store of the conditions that somebody set. */
export interface ConditionStore {
  /**
   * Lists what was set of one kind and is not over, strongly read.
   * @throws {Refusal} store_unavailable.
   */
  list(kind: ConditionKind, nowSeconds: number): Promise<readonly HeldCondition[]>;
  /**
   * Sets a condition, with its journal event. An earlier setting of the same place keeps its own end. An event that the journal has already changes nothing.
   */
  set(kind: ConditionKind, held: HeldCondition, event: JournalEvent, signIn?: SignIn): Promise<void>;
  /**
   * Removes settings, with one journal event.
   * @param signIn sign-in that the removal uses up.
   * @throws {Refusal} sign_in_used, contended.
   */
  remove(kind: ConditionKind, held: readonly HeldCondition[], event: JournalEvent, signIn?: SignIn): Promise<void>;
}

/** Time for which a process decides on the conditions that it read before; milliseconds. */
const KNOWN_MS = 5_000;

/** Conditions of a store, remembered for a few seconds. */
export class StoredConditions implements Conditions {
  readonly #store: Pick<ConditionStore, "list">;
  readonly #defined: readonly DefinedCondition[];
  readonly #nowMs: () => number;
  #last: { readonly atMs: number; readonly held: readonly HeldCondition[] } | undefined;

  constructor(store: Pick<ConditionStore, "list">, defined: readonly DefinedCondition[], nowMs: () => number) {
    [this.#store, this.#defined, this.#nowMs] = [store, defined, nowMs];
  }

  async known(agent: AgentOfConditions): Promise<Holding> {
    const last = this.#last;
    const isFresh = last !== undefined && this.#nowMs() - last.atMs < KNOWN_MS;
    return this.#holdingFor(agent, isFresh ? last.held : await this.#list());
  }

  async read(agents: readonly AgentOfConditions[]): Promise<readonly Holding[]> {
    const held = await this.#list();
    return agents.map((agent) => this.#holdingFor(agent, held));
  }

  #holdingFor(agent: AgentOfConditions, held: readonly HeldCondition[]): Holding {
    return holdingFor(agent, held, this.#defined, this.#nowMs() / 1_000);
  }

  async #list(): Promise<readonly HeldCondition[]> {
    const atMs = this.#nowMs();
    const held = await listHeld(this.#store, this.#defined, atMs / 1_000);
    // An earlier read that answers later must not replace what a later read has found.
    if (this.#last === undefined || this.#last.atMs <= atMs) this.#last = { atMs, held };
    return held;
  }
}

/**
 * Lists what was set of the conditions that the deployment defines, by strongly consistent reads: one for each kind.
 * @throws {Refusal} store_unavailable.
 */
export async function listHeld(
  store: Pick<ConditionStore, "list">,
  defined: readonly DefinedCondition[],
  nowSeconds: number,
): Promise<readonly HeldCondition[]> {
  const lists = await Promise.all(
    [...new Set(defined.map(({ kind }) => kind))].map(async (kind) => {
      const names = new Set(defined.flatMap((each) => (each.kind === kind ? [each.name] : [])));
      // A function that may set one kind only could name a condition of the other kind, which then does not count.
      return (await store.list(kind, nowSeconds)).filter(({ name }) => names.has(name));
    }),
  );
  return lists.flat();
}

/** Conditions as one read has found them, for several decisions about one moment. */
export function asRead(
  held: readonly HeldCondition[],
  defined: readonly DefinedCondition[],
  nowSeconds: number,
): Conditions {
  const known = async (agent: AgentOfConditions) => holdingFor(agent, held, defined, nowSeconds);
  return { known, read: (agents) => Promise.all(agents.map(known)) };
}

/** Conditions that are given, for the workbench of policies. */
export const given = (holding: Holding): Conditions => ({
  known: async () => holding,
  read: async (agents) => agents.map(() => holding),
});

/** Conditions of a hub that defines none. They cost no read. */
export const NO_CONDITIONS: Conditions = given(NOTHING_HOLDS);
