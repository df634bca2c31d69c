import { labelsOf } from "../core/identity/labels.ts";
import { parseAgent } from "../core/identity/parse-agent.ts";
import { loggedOwner } from "../core/identity/person.ts";
import { registeredBy } from "../core/identity/shapers.ts";
import { headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { PROBE_IDENTITY } from "../names.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { readActBody, stepUp } from "../operators/step-up.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { authoriseLabels } from "./authorise-labels.ts";

/** `POST /v1/agents`: a workload identity with an owner and a team, bound to the tokens that are its own. */
export const registerAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(
    event,
    ports,
    async (operator) => {
      const nowMs = ports.clock.nowMs();
      const body = readActBody(event);
      // An agent of this name would have sessions that pass for the probe's, and the other way round.
      if (body.id === PROBE_IDENTITY)
        throw new Refusal("agent_invalid", { say: `id must not be ${PROBE_IDENTITY}, which is valetkey's own.` });
      const agent = {
        ...parseAgent(body, ports.deployment.issuers, nowMs / 1_000),
        shapers: registeredBy(operator.id, nowMs / 1_000),
      };
      await authoriseOperation(operator, "valetkey:RegisterAgent", agent, ports);
      await authoriseLabels(operator, [], agent, ports);
      const voted = await stepUp(operator, event, "POST /v1/agents", ports);
      const registered = linkEvent(agent.chain, agent.id, "agent.registered", nowMs, {
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
