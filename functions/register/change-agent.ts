import type { AgentId } from "../../contract/agent-id.ts";
import type { ShownAgent } from "../../contract/agents.ts";
import { type Glasses, isUndecided } from "../core/approvals/break-glass.ts";
import { defined } from "../core/defined.ts";
import { type Agent, isAtLeast } from "../core/identity/agent.ts";
import { labelsOf, relabelling, retainedLabels } from "../core/identity/labels.ts";
import { parseAgentChange } from "../core/identity/parse-agent.ts";
import { loggedOwner, personId } from "../core/identity/person.ts";
import { isGiving, shapersAfter } from "../core/identity/shapers.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { livePauses } from "../operators/live-pauses.ts";
import { operation } from "../operators/operation.ts";
import { optionalReason } from "../operators/reason-in.ts";
import { readActBody, stepUp } from "../operators/step-up.ts";
import { changeAgent } from "../steps/agents/change-agent.ts";
import { confirmAgent } from "../steps/agents/confirm-agent.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { authoriseLabels } from "./authorise-labels.ts";

/**
 * Answers `POST /v1/agents/{agent}`: changes the agent's name, owner, contact, team, labels, end date or limits. If the owner or
 * team changes, policy has to permit the new one too, and the labels that the agent brings along.
 */
export const change = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ShownAgent>(event, ports, async (operator) => {
    const found = await agentFor(operator, "valetkey:ChangeAgent", event.pathParameters?.agent ?? "", ports);
    const [body, nowSeconds] = [readActBody(event), ports.clock.nowMs() / 1_000];
    const { isVoted } = await permittedChange(operator, found, body, ports);
    const voted = isVoted ? await stepUp(operator, event, "POST /v1/agents/{agent}", ports) : undefined;
    const changed = await changeAgent(
      found,
      (current) => {
        if (isAtLeast(current.status, "offboarding")) throw new Refusal("agent_offboarded");
        // Policy has decided about the agent that was read, and somebody has changed it since.
        if (isMoved(found, current)) throw new Refusal("contended");
        const parsed = parseAgentChange(body, current, ports.deployment.issuers, nowSeconds);
        // The body needed no vote for the agent that was read. For the changed agent it needs one, and nobody has voted.
        if (!isVoted && isGiving(current, parsed)) throw new Refusal("contended");
        const shapers = shapersAfter(current, parsed, operator.id, nowSeconds);
        const agent = shapers ? { ...parsed, shapers } : parsed;
        const { name, owner, contact, team, endsAt, limits } = agent;
        return {
          agent,
          type: "agent.changed",
          facts: {
            by: operator.id,
            name,
            // An address is personal data. Nobody can erase the journal, so it records only that the address has changed.
            owner: loggedOwner(owner),
            owner_changed: owner === current.owner ? undefined : true,
            contact_changed: contact === current.contact ? undefined : true,
            team,
            labels: labelsOf(agent),
            ends_at: endsAt,
            limits: { ...limits },
            ...voted?.facts,
          },
          before: current,
          ...(voted ? { signIn: voted.signIn } : {}),
        };
      },
      ports,
    );
    return describeAgent(changed, ports.deployment);
  });

/**
 * Returns the changed agent, if the operator may make this change. `isVoted`: the change needs a vote where `stepUp` is on. Call it after policy has permitted a
 * change of the present agent.
 * @throws {Refusal} agent_invalid, operator_denied, agent_offboarded.
 */
export async function permittedChange(
  operator: OperatorIdentity,
  found: Agent,
  body: Readonly<Record<string, unknown>>,
  ports: Ports,
): Promise<{ readonly agent: Agent; readonly isVoted: boolean }> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const agent = parseAgentChange(body, found, ports.deployment.issuers, nowSeconds);
  await authoriseOperation(operator, "valetkey:ChangeAgent", agent, ports);
  await authoriseLabels(operator, labelsOf(found), found, ports, labelsOf(agent));
  await authoriseLabels(operator, retainedLabels(found, agent), agent, ports);
  if (isAtLeast(found.status, "offboarding")) throw new Refusal("agent_offboarded");
  const shapers = shapersAfter(found, agent, operator.id, nowSeconds);
  return { agent: shapers ? { ...agent, shapers } : agent, isVoted: isGiving(found, agent) };
}

const isMoved = (found: Agent, current: Agent): boolean =>
  current.owner !== found.owner ||
  current.team !== found.team ||
  relabelling(labelsOf(found), labelsOf(current)) !== undefined;

/** Ports of the route that resumes an agent. */
export interface ResumingPorts extends Ports {
  readonly glasses: Glasses;
}

/**
 * Answers `POST /v1/agents/{agent}/resume`. Refuses the person whose unreviewed glass the agent is suspended for, an agent that is being offboarded, and one whose suspension has not ended all tasks.
 * Resuming removes the denial of its sessions, and no session from before a suspension may work again. `register` ends no tasks itself: a repeat of the
 * suspension does, or the sweep.
 */
export const resume = (event: HttpEvent, ports: ResumingPorts): Promise<HttpAnswer> =>
  operation<ShownAgent>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ResumeAgent", event.pathParameters?.agent ?? "", ports);
    const reason = optionalReason(event, readActBody);
    // One moment for the check and the resumption: a glass that is due later makes the sweep suspend the agent.
    const resumedAt = Math.floor(ports.clock.nowMs() / 1_000);
    const { isVoted, pausedFor } = await resumable(agent, operator, ports, resumedAt);
    const voted = isVoted ? await stepUp(operator, event, "POST /v1/agents/{agent}/resume", ports) : undefined;
    const active = await changeAgent(
      agent,
      (current) => {
        // Checked again for the write: an offboarding that began a moment ago stays.
        if (isAtLeast(current.status, "offboarding")) throw new Refusal("agent_offboarded");
        if (current.status === "active" && pausedFor.length === 0) return undefined;
        // The agent was suspended anew meanwhile: its tasks are not ended yet, and the operator has not seen that suspension.
        if (current.status !== agent.status || current.halted?.at !== agent.halted?.at)
          throw new Refusal("contended", { retryAfterSeconds: 1 });
        const { halted: _, ...rest } = current;
        const lifted = pausedFor.length === 0 ? {} : { resumed_for: pausedFor };
        const facts = { by: operator.id, ...defined({ reason }), ...lifted, ...voted?.facts };
        const resumed = { ...rest, status: "active", resumedAt } as const;
        const also = voted ? { signIn: voted.signIn } : {};
        const halt = current.status === "active" ? {} : ({ halt: "lifted" } as const);
        return { agent: resumed, type: "agent.resumed", facts, ...halt, before: current, ...also };
      },
      ports,
    );
    return describeAgent(active, ports.deployment);
  });

/**
 * Returns the agent, if nothing prevents its resumption, for whom it is paused, and whether the resumption needs a vote where `stepUp` is on. Call it after
 * policy has permitted the resumption. A resumption ends every pause of the agent.
 * @param nowSeconds epoch seconds.
 * @throws {Refusal} agent_offboarded, not_eligible, and contended while its suspension has not ended all of its tasks.
 */
export async function resumable(
  agent: Agent,
  operator: OperatorIdentity,
  ports: Pick<ResumingPorts, "agents" | "tasks" | "glasses" | "pauses">,
  nowSeconds: number,
): Promise<{ readonly agent: Agent; readonly isVoted: boolean; readonly pausedFor: readonly string[] }> {
  if (isAtLeast(agent.status, "offboarding")) throw new Refusal("agent_offboarded");
  if (agent.status === "suspended") {
    await refuseOwnGlass(agent, operator, ports, nowSeconds);
    await refuseUnfinished(agent.id, ports);
  }
  const pausedFor = (await livePauses(agent, ports, nowSeconds)).map(({ party }) => party);
  if (pausedFor.includes(personId(operator.person)))
    throw new Refusal("not_eligible", {
      say: "A rule of escalation has paused the agent for you: another operator has to resume it.",
      why: "own_pause",
    });
  return { agent, isVoted: agent.status === "suspended" || pausedFor.length > 0, pausedFor };
}

/**
 * Refuses the person who broke the glass for which the agent is suspended. Otherwise the person could do without the review, which only another person can give.
 * @throws {Refusal} not_eligible.
 */
async function refuseOwnGlass(
  agent: Agent,
  { person }: OperatorIdentity,
  { glasses }: Pick<ResumingPorts, "glasses">,
  nowSeconds: number,
): Promise<void> {
  const unreviewed = await glasses.unreviewed(nowSeconds);
  const own = personId(person);
  if (unreviewed.some((each) => each.agent === agent.id && each.by === own && isUndecided(agent, each)))
    throw new Refusal("not_eligible", {
      say: "You broke the glass that nobody else reviewed in time: another operator has to resume the agent.",
      why: "own_glass",
    });
}

/** Answers `POST /v1/agents/{agent}/confirm`: a person who is responsible for the agent confirms that it is still needed. */
export const confirm = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ShownAgent>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ConfirmAgent", event.pathParameters?.agent ?? "", ports);
    return describeAgent(await confirmAgent(agent, operator.id, ports), ports.deployment);
  });

/** @throws {Refusal} contended while tasks of the agent, or of others below them, are left of its suspension. */
async function refuseUnfinished(id: AgentId, ports: Pick<Ports, "agents" | "tasks">): Promise<void> {
  // Read in this order: a task that ends meanwhile moves from the first list to the second.
  const left = (await ports.agents.liveTasks(id)).length + (await ports.tasks.openEndings(id)).length;
  if (left === 0) return;
  throw new Refusal("contended", {
    why: `${left} tasks are left`,
    say: "Its suspension has not ended all of its tasks yet: suspend it again, or wait a minute.",
    retryAfterSeconds: 60,
  });
}
