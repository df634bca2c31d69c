import type { AgentId } from "../../../contract/agent-id.ts";
import { atOnce } from "../../core/at-once.ts";
import type { AgentSummary } from "../../core/identity/agent.ts";
import type { Agents } from "../../core/identity/agents.ts";
import type { LiveCount, LiveCounts } from "../../core/tasks/live-counts.ts";

/**
 * Age up to which a count is reused; milliseconds. A page requests a count every 5 s, so each of its requests gets a
 * new count.
 */
const KEEP_MS = 3_000;
/** Upper bound on the agents whose lists are read at the same time. */
const AT_ONCE = 20;

/**
 * Counts of live tasks from the agents' own lists, by one query for each agent and without reading tasks. One warm
 * function counts at most once in three seconds, however many operators look.
 */
export class RecentLiveCounts implements LiveCounts {
  readonly #agents: Pick<Agents, "list" | "living">;
  readonly #nowMs: () => number;
  readonly #keepMs: number;
  #counting: Promise<readonly LiveCount[]> | undefined;
  #until = 0;

  /** @param keepMs age up to which a count is reused; milliseconds. */
  constructor(agents: Pick<Agents, "list" | "living">, nowMs: () => number, keepMs: number = KEEP_MS) {
    this.#agents = agents;
    this.#keepMs = keepMs;
    this.#nowMs = nowMs;
  }

  read(): Promise<readonly LiveCount[]> {
    if (this.#counting && this.#nowMs() < this.#until) return this.#counting;
    const counting = this.#count();
    [this.#counting, this.#until] = [counting, this.#nowMs() + this.#keepMs];
    // A failure reaches all callers that wait for the count. The next call counts anew.
    counting.catch(() => {
      if (this.#counting === counting) this.#counting = undefined;
    });
    return counting;
  }

  async #count(): Promise<readonly LiveCount[]> {
    const agents = await this.#everyAgent();
    const counts = await atOnce(AT_ONCE, agents, async (agent) => ({
      agent,
      live: (await this.#agents.living(agent.id)).length,
    }));
    return counts.filter(({ live }) => live > 0);
  }

  async #everyAgent(): Promise<readonly AgentSummary[]> {
    const all: AgentSummary[] = [];
    let after: AgentId | undefined;
    do {
      const { agents, next } = await this.#agents.list(after);
      all.push(...agents.filter(({ status }) => status !== "offboarded"));
      after = next;
    } while (after !== undefined);
    return all;
  }
}
