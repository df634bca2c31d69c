import type { ShownAgent } from "../../contract/agents.ts";
import type { Agent } from "../core/identity/agent.ts";
import { labelsOf } from "../core/identity/labels.ts";
import { parseAgent } from "../core/identity/parse-agent.ts";
import { loggedOwner } from "../core/identity/person.ts";
import { registeredBy } from "../core/identity/shapers.ts";
import { headOf, nextEvent } from "../core/journal/event.ts";
import { operationQuery } from "../core/policy/operation-query.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { PROBE_IDENTITY } from "../names.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { readActBody, stepUp } from "../operators/step-up.ts";
import { authoriseOperation, decideOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { authoriseLabels } from "./authorise-labels.ts";

/** Answers `POST /v1/agents`: registers a workload identity with an owner and a team, bound to its own tokens. */
export const registerAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ShownAgent>(
    event,
    ports,
    async (operator) => {
      const nowMs = ports.clock.nowMs();
      const agent = await permittedRegistration(operator, readActBody(event), ports);
      const voted = await stepUp(operator, event, "POST /v1/agents", ports);
      const registered = nextEvent(agent.chain, agent.id, "agent.registered", nowMs, {
        by: operator.id,
        owner: loggedOwner(agent.owner),
        team: agent.team,
        labels: labelsOf(agent),
        bindings: agent.bindings.map(({ issuer, claims }) => ({ issuer, claims })),
        ends_at: agent.endsAt,
        bundle: ports.policies.hash,
        ...voted?.facts,
      });
      const chained = { ...agent, chain: headOf(registered) };
      await ports.agents.register(chained, registered, voted?.signIn);
      return describeAgent(chained, ports.deployment);
    },
    201,
  );

/**
 * Returns the agent of a registration that the operator may make. Makes every check that is possible before the write, so that nobody votes on a
 * registration that must fail.
 * @throws {Refusal} agent_invalid, operator_denied, agent_exists, binding_overlaps.
 */
export async function permittedRegistration(
  operator: OperatorIdentity,
  body: Readonly<Record<string, unknown>>,
  ports: Ports,
): Promise<Agent> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  // Sessions of an agent with this name and the probe's sessions could be taken for each other.
  if (body.id === PROBE_IDENTITY)
    throw new Refusal("agent_invalid", { say: `id must not be ${PROBE_IDENTITY}, which is valetkey's own.` });
  const agent = {
    ...parseAgent(body, ports.deployment.issuers, nowSeconds),
    shapers: registeredBy(operator.id, nowSeconds),
  };
  await authoriseOperation(operator, "valetkey:RegisterAgent", agent, ports);
  await authoriseLabels(operator, [], agent, ports);
  if (await ports.agents.record(agent.id)) throw new Refusal("agent_exists");
  await refuseOverlapping(operator, agent, ports);
  return agent;
}

/** Refuses a binding that another agent has. @throws {Refusal} binding_overlaps, which names that agent to operators who may read it. */
async function refuseOverlapping(operator: OperatorIdentity, agent: Agent, ports: Ports): Promise<void> {
  const [held] = await ports.agents.held(agent);
  if (!held) return;
  const holder = await ports.agents.record(held.by);
  const isShown =
    holder !== undefined &&
    decideOperation(operationQuery(operator, "valetkey:ReadAgent", holder), ports.policies).isPermitted;
  throw new Refusal("binding_overlaps", {
    say: `It is bindings[${held.binding}], held by ${isShown ? `the agent ${holder.id}, which is ${holder.status}` : "an agent that you may not read"}.`,
  });
}
