import type { HeldBudget } from "../../core/budgets/budget.ts";
import { type CountedBudget, heldBy, type Spending } from "../../core/budgets/budgets.ts";
import { freeAt, NOTHING_SPENT, secondOf, spend } from "../../core/budgets/spent.ts";
import { budgetsOfGrant } from "../../core/delegation/budgets-of-grant.ts";
import type { Person } from "../../core/identity/person.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Idempotency, Opened } from "../../core/tasks/tasks.ts";
import { attempt } from "../../steps/requests/attempt.ts";
import { spentRefusal } from "../../steps/requests/spent-refusal.ts";
import type { GrantedIntent } from "../../steps/tasks/grants.ts";

/** Time for which a grant is counted again after others were counted at the same moment; milliseconds. */
const RACING_MS = 3_000;

/** Longest pause before a further attempt, and upper bound on the attempts. */
const RETRIES = { pauseMs: 100, attempts: 200 } as const;

/** Earlier task of the same request. */
export type Repeats = Extract<Opened, { readonly repeats: TaskPath }>;

/** Grant that was counted, or is about to be. */
interface CountedGrant {
  readonly held: readonly HeldBudget[];
  /** Second at which it counts. */
  readonly at: number;
}

/** Hooks of a request by which a withdrawn task gives back what was counted for it. */
export interface CountingHooks {
  /** Called before each attempt at the transaction that counts. */
  readonly onCount?: (path: TaskPath, counted: CountedGrant) => void;
  /** Called when this request has itself withdrawn a task, which nobody holds. */
  readonly onWithdrawn?: (path: TaskPath) => Promise<void>;
}

type Needs = Pick<SealingPorts, "budgets" | "tasks" | "clock" | "random" | "pause"> & CountingHooks;

/**
 * Lists the budgets that count a task of these grants: its own, and those of all tasks above.
 * @param path path of the task, or of one above; absent before a root has its path.
 * @throws {Refusal} intent_invalid where they are too many.
 */
export const budgetsOf = (
  { terms, agents }: Pick<GrantedIntent, "terms" | "agents">,
  person: Person | undefined,
  path: TaskPath | undefined,
): readonly HeldBudget[] => {
  const budgets = budgetsOfGrant(terms);
  return budgets.length === 0 ? [] : heldBy(budgets, { agents, person, path });
};

/**
 * Reads the budgets of a grant. Makes no call where there are none.
 * @throws {Refusal} budget_spent, store_unavailable.
 */
export async function readFree(
  held: readonly HeldBudget[],
  ports: Pick<Needs, "budgets" | "clock">,
): Promise<readonly CountedBudget[]> {
  if (held.length === 0) return [];
  const counted = await ports.budgets.read(held);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const [latest] = counted
    .map(({ held: budget, spent }) => ({ budget, at: freeAt(spent, budget, nowSeconds) }))
    .filter((each): each is { budget: HeldBudget; at: number } => each.at !== undefined)
    .toSorted((a, b) => b.at - a.at);
  if (latest) throw spentRefusal("grant", latest.budget, latest.at, nowSeconds);
  return counted;
}

/**
 * Reads the budgets of a request. A spent budget does not refuse a repeat, which counts nothing.
 * @returns what was counted, or the task that the same request opened before.
 * @throws {Refusal} budget_spent, idempotency_conflict, store_unavailable.
 */
export async function unlessRepeated(
  held: readonly HeldBudget[],
  request: Idempotency | undefined,
  ports: Pick<Needs, "budgets" | "tasks" | "clock">,
): Promise<readonly CountedBudget[] | Repeats> {
  try {
    return await readFree(held, ports);
  } catch (error) {
    const isSpent = error instanceof Refusal && error.code === "budget_spent";
    const earlier = isSpent && request ? await ports.tasks.earlier(request) : undefined;
    if (earlier !== undefined) return { repeats: earlier };
    throw error;
  }
}

/**
 * Performs a write that counts a grant, and repeats it while others are counted at the same moment.
 * @param known what was read before; budgets that are missing there have counted nothing yet.
 * @param write performs the transaction; refuses as `contended` where the budgets have changed since they were read.
 * @throws {Refusal} budget_spent, contended after 3 s, and those of the write.
 */
export async function countGrant<T>(
  path: TaskPath,
  held: readonly HeldBudget[],
  known: readonly CountedBudget[],
  request: Idempotency | undefined,
  write: (spendings: readonly Spending[]) => Promise<T>,
  ports: Needs,
): Promise<T | Repeats> {
  if (held.length === 0) return write([]);
  const untilMs = ports.clock.nowMs() + RACING_MS;
  let counted = held.map((each) => knownOf(each, known));
  for (let number = 1; ; number += 1) {
    const at = secondOf(ports.clock.nowMs());
    ports.onCount?.(path, { held, at });
    try {
      return await write(
        counted.map(({ held: { name, scope, holder }, version, spent }) => ({
          ...{ name, scope, holder, version },
          spent: spend(spent, at),
        })),
      );
    } catch (error) {
      if (!isLostRace(error) || number >= RETRIES.attempts || ports.clock.nowMs() >= untilMs) throw error;
    }
    const [byte = 0] = ports.random.bytes(1);
    await ports.pause(1 + Math.floor((RETRIES.pauseMs * byte) / 256));
    const again = await unlessRepeated(held, request, ports);
    if ("repeats" in again) return again;
    counted = [...again];
  }
}

const knownOf = (held: HeldBudget, known: readonly CountedBudget[]): CountedBudget =>
  known.find(
    ({ held: { name, scope, holder } }) => name === held.name && scope === held.scope && holder === held.holder,
  ) ?? {
    held,
    spent: NOTHING_SPENT,
    version: 0,
  };

/** True where nothing was written, and only a budget or another transaction prevented it. */
const isLostRace = (error: unknown): boolean =>
  error instanceof Refusal &&
  error.code === "contended" &&
  (error.detail.why ?? "").split(" ").every((word) => ["budget", "TransactionConflict", "None", ""].includes(word));

/**
 * Adds to the ports of one request the hooks by which a task that it withdraws gives back what was counted. Nobody but
 * the exchange gives anything back, and it does so at most once.
 */
export function givingBack<P extends Pick<SealingPorts, "budgets">>(ports: P): P & Required<CountingHooks> {
  const grants = new Map<TaskPath, CountedGrant>();
  return {
    ...ports,
    onCount: (path, counted) => void grants.set(path, counted),
    onWithdrawn: async (path) => {
      const counted = grants.get(path);
      grants.delete(path);
      for (const each of counted?.held ?? []) await attempt(() => ports.budgets.giveBack(each, counted?.at ?? 0));
    },
  };
}
