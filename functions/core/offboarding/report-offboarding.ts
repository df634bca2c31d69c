import type { AgentId } from "../../../contract/agent-id.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { Agent, Binding } from "../identity/agent.ts";
import { type Fact, factsOf, isWholeChain, type JournalEvent } from "../journal/event.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import { countSecrets, type ReportedSecrets, type SecretFate } from "./report-secret.ts";
import { type Evidence, evidenceOf, type Fate, isOpen, isTaskOpen, type ReportedTask } from "./report-task.ts";

export const REPORT_FORMAT = "valetkey.offboarding/1";

/** Step of an offboarding in the report, with its evidence. */
export interface ReportedStep {
  readonly step: EventType;
  readonly at: string;
  readonly by?: string;
  /** Reason of a halt, as its author gave it, or the check that found it due. */
  readonly reason?: string;
  readonly evidence: Evidence;
}

/** Binding in the report: `revoked` with evidence, or still in force (`unknown`). */
export interface ReportedBinding extends Binding {
  readonly status: Fate;
  readonly at?: string;
  readonly evidence?: Evidence;
}

/** Report on an agent's offboarding: its bindings, tasks, credentials and secrets, each with its fate. Times are in UTC. */
export interface OffboardingReport {
  readonly format: typeof REPORT_FORMAT;
  readonly as_of: string;
  readonly agent: {
    readonly id: AgentId;
    readonly name: string;
    readonly owner: string;
    readonly team: string;
    readonly created_at: string;
  };
  /** True once nothing is open and nothing can become open. */
  readonly complete: boolean;
  readonly steps: readonly ReportedStep[];
  readonly bindings: readonly ReportedBinding[];
  readonly tasks: readonly ReportedTask[];
  /** Tasks that ended before the offboarding and are too many to list: their number, and the latest of their fences. */
  readonly left_out: { readonly tasks: number; readonly last_fence_at?: string };
  /** Other agents with tasks below this agent's. */
  readonly child_agents: readonly AgentId[];
  /** Secrets that the agent was given, each with whether the agent still knows its current value. */
  readonly secrets: ReportedSecrets;
  readonly totals: {
    readonly tasks: Readonly<Record<Fate, number>>;
    readonly leases: Readonly<Record<Fate, number>>;
    readonly bindings: Readonly<Record<Fate, number>>;
    readonly secrets: Readonly<Record<SecretFate, number>>;
  };
}

/** Tasks that the report omits. */
export interface LeftOut {
  readonly tasks: number;
  /** Latest of their fences, with the margin for clocks; epoch seconds. */
  readonly openUntil?: number;
}

/**
 * Reports on an offboarding that has begun.
 * @param history the agent's chain of events: the evidence for the offboarding's steps.
 * @param closes moment until which further tasks may still be recorded, epoch seconds; undefined where it is not known
 * yet (`closesAt`).
 */
export function reportOffboarding(
  agent: Agent,
  history: readonly JournalEvent[],
  tasks: readonly ReportedTask[],
  secrets: ReportedSecrets,
  leftOut: LeftOut,
  closes: number | undefined,
  nowSeconds: number,
): OffboardingReport {
  const bindings = reportBindings(agent, history);
  const areOver =
    !bindings.some(({ status }) => isOpen(status)) &&
    !tasks.some(isTaskOpen) &&
    // The report stays open until rotations are done. A secret that valetkey does not rotate is reported, for a person
    // to rotate.
    !secrets.entries.some(({ status }) => status === "pending_rotation");
  const isSettled = closes !== undefined && nowSeconds > closes && nowSeconds > (leftOut.openUntil ?? 0);
  return {
    format: REPORT_FORMAT,
    as_of: isoSeconds(Math.floor(nowSeconds)),
    agent: {
      id: agent.id,
      name: agent.name,
      owner: agent.owner,
      team: agent.team,
      created_at: isoSeconds(agent.createdAt),
    },
    complete: areOver && isSettled && isWholeChain(history),
    steps: history.filter(({ type }) => STEPS.has(type)).map(reportStep),
    bindings,
    tasks,
    left_out: {
      tasks: leftOut.tasks,
      ...(leftOut.openUntil === undefined ? {} : { last_fence_at: isoSeconds(leftOut.openUntil) }),
    },
    child_agents: [...new Set(tasks.flatMap((task) => task.agent ?? []))].filter((id) => id !== agent.id).sort(),
    secrets,
    totals: {
      tasks: countFates(tasks),
      leases: countFates(tasks.flatMap(({ leases }) => leases)),
      bindings: countFates(bindings),
      secrets: countSecrets(secrets.entries),
    },
  };
}

const STEPS: ReadonlySet<EventType> = new Set<EventType>([
  "agent.registered",
  "agent.suspended",
  "agent.resumed",
  "agent.offboarding",
  "agent.unbound",
  "agent.tasks_listed",
]);

const reportStep = (event: JournalEvent): ReportedStep => ({
  step: event.type,
  at: isoSeconds(Math.floor(event.at / 1_000)),
  ...(typeof event.facts.by === "string" ? { by: event.facts.by } : {}),
  ...(typeof event.facts.reason === "string" ? { reason: event.facts.reason } : {}),
  evidence: evidenceOf(event),
});

function reportBindings(agent: Agent, history: readonly JournalEvent[]): readonly ReportedBinding[] {
  const removed = history.flatMap((event) =>
    ((factsOf(event, "agent.unbound")?.bindings ?? []) as readonly (Fact & Binding)[]).map(
      ({ issuer, claims }): ReportedBinding => ({
        issuer,
        claims,
        status: "revoked",
        at: isoSeconds(Math.floor(event.at / 1_000)),
        evidence: evidenceOf(event),
      }),
    ),
  );
  return [...removed, ...agent.bindings.map((binding): ReportedBinding => ({ ...binding, status: "unknown" }))];
}

function countFates(entries: readonly { readonly status: Fate }[]): Readonly<Record<Fate, number>> {
  const counts = { revoked: 0, expired: 0, failed: 0, unknown: 0 };
  for (const { status } of entries) counts[status] += 1;
  return counts;
}
