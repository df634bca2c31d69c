import type { FakeWorld } from "../../fakes/fake-world.ts";

/** One call of a port that reaches the world outside. */
export interface PortCall {
  readonly port:
    | "tokens"
    | "agents"
    | "tasks"
    | "roles"
    | "journal"
    | "sessions"
    | "rateLimits"
    | "panics"
    | "loads"
    | "inventory"
    | "locks"
    | "ballots";
  readonly method: string;
  /** The path or the id of what it is about, where it is about one thing. */
  readonly of?: string;
}

/** What is done with a call: let it through, let it wait, or fail it before or after it had its effect. */
export type Around = (call: PortCall, run: () => Promise<unknown>) => Promise<unknown>;

/** Asks nobody: it is answered from memory, at once. */
export const FROM_MEMORY = new Set(["isOver", "isUsedOn", "isKnown", "recordOpened", "isBusy"]);

/** Reads beside another that an ending decides in one and the same transaction: in which order the two are read makes no difference. */
const BESIDE = new Set(["isAlive"]);

function about(first: unknown): { readonly of?: string } {
  if (typeof first === "string") return { of: first };
  if (typeof first !== "object" || first === null) return {};
  const of = "path" in first ? first.path : "id" in first ? first.id : undefined;
  return typeof of === "string" ? { of } : {};
}

/** The same, but what nobody writes in these tests is read at any time: whose turn it is makes no difference, and a hundred times the orders. */
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
    roles: wrapped("roles", ports.roles),
    journal: wrapped("journal", ports.journal),
    sessions: wrapped("sessions", ports.sessions),
    rateLimits: wrapped("rateLimits", ports.rateLimits),
    panics: wrapped("panics", ports.panics),
    loads: wrapped("loads", ports.loads),
    inventory: wrapped("inventory", ports.inventory),
    locks: wrapped("locks", ports.locks),
    ballots: wrapped("ballots", ports.ballots),
    noticeboard: wrapped("ballots", ports.noticeboard),
    approvals: async () => wrapped("ballots", ports.ballots),
    glasses: wrapped("ballots", ports.glasses),
  };
}
