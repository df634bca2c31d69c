import { type Agent, isAtLeast } from "../core/identity/agent.ts";
import { labelsOf, relabelling, retainedLabels } from "../core/identity/labels.ts";
import { parseAgentChange } from "../core/identity/parse-agent.ts";
import { loggedOwner } from "../core/identity/person.ts";
import { isGiving, shapersAfter } from "../core/identity/shapers.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { readActBody, stepUp } from "../operators/step-up.ts";
import { changeAgent } from "../steps/agents/change-agent.ts";
import { confirmAgent } from "../steps/agents/confirm-agent.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { authoriseLabels } from "./authorise-labels.ts";

/**
 * `POST /v1/agents/{agent}`: its name, owner, contact, team, labels, end date or limits. Who gives it another owner or team has to be allowed to there too, and
 * to give it the labels there that it brings along.
 */
export const change = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const asked = await agentFor(operator, "valetkey:ChangeAgent", event.pathParameters?.agent ?? "", ports);
    const [body, nowSeconds] = [readActBody(event), ports.clock.nowMs() / 1_000];
    const { isVoted } = await permittedChange(operator, asked, body, ports);
    const voted = isVoted ? await stepUp(operator, event, "POST /v1/agents/{agent}", ports) : undefined;
    const changed = await changeAgent(
      asked,
      (current) => {
        if (isAtLeast(current.status, "offboarding")) throw new Refusal("agent_offboarded");
        // Policy was asked about what it was and what it will be: somebody else has just changed that.
        if (isMoved(asked, current)) throw new Refusal("contended");
        const parsed = parseAgentChange(body, current, ports.deployment.issuers, nowSeconds);
        // The same body may give what it did not give to the agent as it was: nobody has voted for that.
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
            // An address is a person's; the journal, which nobody can erase, says that it is another one.
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
 * Returns the agent as the operator may change it, who may do so to the agent as it is, and whether that takes a vote where `stepUp` is on.
 * @throws {Refusal} agent_invalid, operator_denied, agent_offboarded.
 */
export async function permittedChange(
  operator: OperatorIdentity,
  asked: Agent,
  body: Readonly<Record<string, unknown>>,
  ports: Ports,
): Promise<{ readonly agent: Agent; readonly isVoted: boolean }> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const agent = parseAgentChange(body, asked, ports.deployment.issuers, nowSeconds);
  await authoriseOperation(operator, "valetkey:ChangeAgent", agent, ports);
  await authoriseLabels(operator, labelsOf(asked), asked, ports, labelsOf(agent));
  await authoriseLabels(operator, retainedLabels(asked, agent), agent, ports);
  if (isAtLeast(asked.status, "offboarding")) throw new Refusal("agent_offboarded");
  const shapers = shapersAfter(asked, agent, operator.id, nowSeconds);
  return { agent: shapers ? { ...agent, shapers } : agent, isVoted: isGiving(asked, agent) };
}

const isMoved = (asked: Agent, current: Agent): boolean =>
  current.owner !== asked.owner ||
  current.team !== asked.team ||
  relabelling(labelsOf(asked), labelsOf(current)) !== undefined;

/**
 * `POST /v1/agents/{agent}/resume`: not once it is being offboarded, and not before all that its suspension is to end has ended: with the list of
 * halted agents its sessions' denial goes, and nothing from before a suspension may work again. Ending is not this function's: a suspension is
 * repeated, or finished by the sweep.
 */
export const resume = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ResumeAgent", event.pathParameters?.agent ?? "", ports);
    const { isVoted } = await resumable(agent, ports);
    const voted = isVoted ? await stepUp(operator, event, "POST /v1/agents/{agent}/resume", ports) : undefined;
    const active = await changeAgent(
      agent,
      (current) => {
        // Asked again of what it is once it is written: an offboarding that began a moment ago stays.
        if (isAtLeast(current.status, "offboarding")) throw new Refusal("agent_offboarded");
        if (current.status === "active") return undefined;
        // Suspended anew meanwhile: nobody has ended what that one is to end, and the operator has not seen it.
        if (current.status !== agent.status || current.halted?.at !== agent.halted?.at)
          throw new Refusal("contended", { retryAfterSeconds: 1 });
        const { halted: _, ...rest } = current;
        const facts = { by: operator.id, ...voted?.facts };
        const resumed = { ...rest, status: "active", resumedAt: Math.floor(ports.clock.nowMs() / 1_000) } as const;
        const also = voted ? { signIn: voted.signIn } : {};
        return { agent: resumed, type: "agent.resumed", facts, halt: "lifted", before: current, ...also };
      },
      ports,
    );
    return describeAgent(active, ports.deployment);
  });

/**
 * Returns the agent as nothing known keeps it from being resumed, and whether that takes a vote where `stepUp` is on. Policy has permitted it before.
 * @throws {Refusal} agent_offboarded, and contended while its suspension has not ended all of its tasks.
 */
export async function resumable(
  agent: Agent,
  ports: Pick<Ports, "agents" | "tasks">,
): Promise<{ readonly agent: Agent; readonly isVoted: boolean }> {
  if (isAtLeast(agent.status, "offboarding")) throw new Refusal("agent_offboarded");
  if (agent.status === "suspended") await refuseUnfinished(agent.id, ports);
  return { agent, isVoted: agent.status === "suspended" };
}

/** `POST /v1/agents/{agent}/confirm`: whoever answers for it says that it is still needed. */
export const confirm = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ConfirmAgent", event.pathParameters?.agent ?? "", ports);
    return describeAgent(await confirmAgent(agent, operator.id, ports), ports.deployment);
  });

/** @throws {Refusal} contended while tasks of the agent, or of others below them, are left of its suspension. */
async function refuseUnfinished(id: string, ports: Pick<Ports, "agents" | "tasks">): Promise<void> {
  // In this order: a task that ends meanwhile goes from the first list to the second.
  const left = (await ports.agents.liveTasks(id)).length + (await ports.tasks.openEndings(id)).length;
  if (left === 0) return;
  throw new Refusal("contended", {
    why: `${left} tasks are left`,
    say: "Its suspension has not ended all of its tasks yet: suspend it again, or wait a minute.",
    retryAfterSeconds: 60,
  });
}
