import type { FakeWorld } from "../fakes/world/world.ts";

/** One call of a port that reaches the world outside. */
export interface PortCall {
  readonly port:
    | "tokens"
    | "agents"
    | "tasks"
    | "budgets"
    | "holds"
    | "roles"
    | "journal"
    | "sessions"
    | "rateLimits"
    | "panics"
    | "loads"
    | "inventory"
    | "locks"
    | "conditions"
    | "setConditions"
    | "ballots";
  readonly method: string;
  /** Path or id of the object, for a call about one object. */
  readonly of?: string;
}

/** Handles a call: lets it through, delays it, or fails it before or after its effect. */
export type Around = (call: PortCall, run: () => Promise<unknown>) => Promise<unknown>;

/** Calls answered from memory, without a request to the world. */
export const FROM_MEMORY = new Set(["isOver", "isUsedOn", "isKnown", "recordOpened", "isBusy"]);

/**
 * Reads whose order makes no difference. One transaction of an ending decides both such a read and the one beside it.
 */
const BESIDE = new Set(["isAlive"]);

function about(first: unknown): { readonly of?: string } {
  if (typeof first === "string") return { of: first };
  if (typeof first !== "object" || first === null) return {};
  const of = "path" in first ? first.path : "id" in first ? first.id : undefined;
  return typeof of === "string" ? { of } : {};
}

/**
 * The same handler, but calls whose data nobody writes in these tests run at once. Their order makes no difference, and
 * would multiply the orders by a hundred.
 */
export const unlessNobodyWrites =
  (around: Around, writesPanics = false): Around =>
  (call, run) =>
    call.port === "loads" || (call.port === "panics" && !writesPanics) ? run() : around(call, run);

/** The world's ports, with every call that reaches outside given to `around`. */
export function aroundCalls(ports: FakeWorld["ports"], around: Around): FakeWorld["ports"] {
  const wrapped = <T extends object>(port: PortCall["port"], target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || typeof name !== "string") return member;
        if (FROM_MEMORY.has(name) || BESIDE.has(name)) return member.bind(target);
        return (...given: unknown[]) =>
          around(
            { port, method: name, ...about(given[0]) },
            async () => Reflect.apply(member, target, given) as unknown,
          );
      },
    });
  return {
    ...ports,
    tokens: wrapped("tokens", ports.tokens),
    agents: wrapped("agents", ports.agents),
    tasks: wrapped("tasks", ports.tasks),
    budgets: wrapped("budgets", ports.budgets),
    holds: wrapped("holds", ports.holds),
    roles: wrapped("roles", ports.roles),
    journal: wrapped("journal", ports.journal),
    sessions: wrapped("sessions", ports.sessions),
    rateLimits: wrapped("rateLimits", ports.rateLimits),
    panics: wrapped("panics", ports.panics),
    loads: wrapped("loads", ports.loads),
    inventory: wrapped("inventory", ports.inventory),
    locks: wrapped("locks", ports.locks),
    conditions: wrapped("conditions", ports.conditions),
    setConditions: wrapped("setConditions", ports.setConditions),
    ballots: wrapped("ballots", ports.ballots),
    notificationBoard: wrapped("ballots", ports.notificationBoard),
    approvals: async () => wrapped("ballots", ports.ballots),
    glasses: wrapped("ballots", ports.glasses),
  };
}
