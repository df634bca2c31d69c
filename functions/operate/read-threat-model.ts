import type { ThreatModel } from "../../contract/threat-models.ts";
import { productionOf } from "../connectors/reaches-production.ts";
import type { Ports } from "../core/ports.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import { isCovered, modelHashes } from "../core/threat/model-hashes.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAcceptance } from "../operators/describe-acceptance.ts";
import { operation } from "../operators/operation.ts";

/** Answers `GET /v1/agents/{agent}/threat-model` with the hashes of the deployed model, and with who accepted which hashes. */
export const readThreatModel = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ThreatModel>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ReadAgent", event.pathParameters?.agent ?? "", ports);
    const store = await ports.acceptances();
    const model = modelHashes(agent, store.deployed);
    const accepted = (await store.read(agent.id)).map((each) => ({
      each,
      isCovering: each.agent === agent.id && isCovered(model, each.model, store.deployed),
    }));
    const { threatModels: gate } = ports.deployment;
    return {
      agent: agent.id,
      model,
      status: accepted.some(({ isCovering }) => isCovering) ? "accepted" : accepted.length > 0 ? "stale" : "none",
      production: productionOf(ports.deployment),
      ...(gate ? { required_from: isoSeconds(gate.requiredFrom) } : {}),
      acceptances: accepted.map(({ each, isCovering }) => describeAcceptance(each, isCovering)),
    };
  });
