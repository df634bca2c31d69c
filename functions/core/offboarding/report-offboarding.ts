import type { Agent, Binding } from "../identity/agent.ts";
import { type EventType, type Fact, isWholeChain, type JournalEvent } from "../journal/event.ts";
import { isoSeconds } from "../policy/compile.ts";
import { countSecrets, type ReportedSecrets, type SecretFate } from "./report-secret.ts";
import { type Evidence, evidenceOf, type Fate, isOpen, isTaskOpen, type ReportedTask } from "./report-task.ts";

export const REPORT_FORMAT = "valetkey.offboarding/1";

export interface ReportedStep {
  readonly step: EventType;
  readonly at: string;
  readonly by?: string;
  readonly evidence: Evidence;
}

export interface ReportedBinding extends Binding {
  readonly status: Fate;
  readonly at?: string;
  readonly evidence?: Evidence;
}

/** What there was of an agent, and what became of each part of it. Times are in UTC. */
export interface OffboardingReport {
  readonly format: typeof REPORT_FORMAT;
  readonly as_of: string;
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly owner: string;
    readonly team: string;
    readonly created_at: string;
  };
  /** Nothing is open, and nothing can become so. */
  readonly complete: boolean;
  readonly steps: readonly ReportedStep[];
  readonly bindings: readonly ReportedBinding[];
  readonly tasks: readonly ReportedTask[];
  /** Tasks that had ended before the offboarding began and are too many to list, and when the last fence of theirs passes. */
  readonly left_out: { readonly tasks: number; readonly last_fence_at?: string };
  /** Other agents that had tasks below those of this one. */
  readonly child_agents: readonly string[];
  /** Secrets that it was given, and whether it still knows what is in force. */
  readonly secrets: ReportedSecrets;
  readonly totals: {
    readonly tasks: Readonly<Record<Fate, number>>;
    readonly leases: Readonly<Record<Fate, number>>;
    readonly bindings: Readonly<Record<Fate, number>>;
    readonly secrets: Readonly<Record<SecretFate, number>>;
  };
}

export interface LeftOut {
  readonly tasks: number;
  /** Epoch seconds, the clocks' margin included. */
  readonly openUntil?: number;
}

/**
 * The report on an offboarding that has begun.
 * @param history the agent's chain of events, which is the evidence for what was done with the agent itself.
 * @param closes epoch seconds before which something may still come to light; nothing where that is not known yet.
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
    // What valetkey does not rotate is left to a person, and is said; the rest is waited for.
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
  evidence: evidenceOf(event),
});

function reportBindings(agent: Agent, history: readonly JournalEvent[]): readonly ReportedBinding[] {
  const removed = history
    .filter(({ type }) => type === "agent.unbound")
    .flatMap((event) =>
      (event.facts.bindings as readonly (Fact & Binding)[]).map(
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
