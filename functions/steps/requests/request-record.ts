import type { AgentId } from "../../../contract/agent-id.ts";
import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { RefusalCode } from "../../../contract/refusals.ts";
import { partyOf } from "../../core/delegation/party.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { rootPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Outcome } from "./attempt.ts";
import { countAgainstLimit } from "./count-against-limit.ts";

/** Facts of a request. No other fact is ever recorded or logged. */
export interface Noted {
  agent?: AgentId;
  /** Whom the agent works for, as `partyOf` names them. Neither recorded nor logged: refusals are counted by it. */
  party?: string | undefined;
  operator?: string;
  /** Parameters of the route's path, as an operator wrote them: the agent, the task or the condition. */
  about?: Readonly<Record<string, string>>;
  /**
   * Tool server that introspects a token. Refusals of a server are not in the journal: they come before the server is
   * known, or from an outage.
   */
  server?: AgentId;
  subject?: string;
  purpose?: string;
  details?: readonly Detail[];
  policies?: readonly string[];
  task?: string;
  leases?: readonly string[];
  /** Size of the largest session token, in per cent of STS's limit. */
  tokenPercent?: number | undefined;
  sourceIp?: string;
}

/** Record of a request: begun first, filled as facts become known, and closed whatever the outcome. */
export class RequestRecord {
  readonly #noted: Noted = {};
  #isStale: () => boolean | Promise<boolean> = () => false;
  readonly #route: string;
  readonly #request: string;
  readonly #beganAtMs: number;

  constructor(route: string, request: string, nowMs: number) {
    this.#route = route;
    this.#request = request;
    this.#beganAtMs = nowMs;
  }

  note(facts: Noted): void {
    Object.assign(this.#noted, facts);
  }

  /** Notes a task whose token was presented. */
  noteTask(task: Pick<Task, "agent" | "path" | "delegated" | "onBehalf">): void {
    this.note({ agent: task.agent, party: partyOf(task), task: task.path });
  }

  /**
   * Sets the check for a stale proof: a used token, or the token of an ended task. Anybody who has seen such a proof
   * can present it. A refusal of a stale proof therefore counts against a limit of its own, and does not block the
   * agent's other requests.
   */
  staleIf(isStale: () => boolean | Promise<boolean>): void {
    this.#isStale = isStale;
  }

  /**
   * Records and returns the outcome. The transactions of changes have written the journal already, so this writes only
   * the refusals of known callers. Refusals of strangers are only logged, so that strangers cause no writes.
   * @returns the outcome, or a refusal where the outcome could not be recorded. I7: every decision is in the journal,
   * or did not happen.
   */
  async close<T>(
    settled: Outcome<T>,
    ports: Pick<Ports, "journal" | "log" | "clock" | "random" | "policies" | "rateLimits">,
  ): Promise<Outcome<T>> {
    const closed = await this.#record(settled, ports);
    ports.log.write({
      level: "refusal" in closed && (closed.refusal.isLoud || closed.refusal.status >= 500) ? "error" : "info",
      event: "refusal" in closed ? "refused" : "answered",
      route: this.#route,
      request: this.#request,
      ...("refusal" in closed ? { code: closed.refusal.code, why: closed.refusal.detail.why } : {}),
      agent: this.#noted.agent,
      operator: this.#noted.operator,
      server: this.#noted.server,
      task: this.#noted.task,
      leases: this.#noted.leases,
      session_token_percent: this.#noted.tokenPercent,
      source_ip: this.#noted.sourceIp,
      duration_ms: Math.round(ports.clock.nowMs() - this.#beganAtMs),
    });
    return closed;
  }

  async #record<T>(
    settled: Outcome<T>,
    ports: Pick<Ports, "journal" | "clock" | "random" | "policies" | "rateLimits">,
  ): Promise<Outcome<T>> {
    const who = this.#noted.agent ?? this.#noted.operator;
    if (!("refusal" in settled) || who === undefined || !isDecision(settled.refusal)) return settled;
    const { refusal } = settled;
    const path = rootPath(ports.random.bytes(32));
    const { agent, party } = this.#noted;
    const facts = {
      operator: this.#noted.operator,
      subject: this.#noted.subject,
      route: this.#route,
      code: refusal.code,
      why: refusal.detail.why,
      denials: refusal.detail.denials,
      purpose: this.#noted.purpose,
      details: this.#noted.details,
      task: this.#noted.task,
      bundle: ports.policies.hash,
      source_ip: this.#noted.sourceIp,
      request: this.#request,
    };
    const nowMs = ports.clock.nowMs();
    const event =
      agent === undefined
        ? nextEvent(EMPTY_CHAIN, path, "operation.refused", nowMs, { ...facts, about: this.#noted.about })
        : nextEvent(EMPTY_CHAIN, path, "task.refused", nowMs, { agent, ...facts });
    try {
      // A refusal costs a write, so a caller with many refusals is limited, and no more are written.
      const what = (await this.#isStale()) ? "stale" : "refusal";
      const counted = agent === undefined || what === "stale" ? who : { agent, party };
      await countAgainstLimit(counted, what, RATE_LIMITS[what], ports);
      await ports.journal.append(event);
      return settled;
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  }
}

/**
 * Returns true for a refusal that is a decision and must be recorded. Outages and rate limits are no decisions, and a
 * flood of them must not become a flood of writes. A failed proof of a session policy is a decision, though its answer
 * lets the caller retry.
 */
export const isDecision = ({ status, code }: Refusal): boolean =>
  (status < 500 && status !== 429 && !UNDECIDED.has(code)) || code === "session_policy_unproven";

/** Refusals of a poll while people have not decided, and of a signature before the session is renewed. */
const UNDECIDED: ReadonlySet<RefusalCode> = new Set(["authorization_pending", "slow_down", "renew_needed"]);
