import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { modelHashes } from "../../../functions/core/threat/model-hashes.ts";
import type { Answer, FakeService } from "../world/service.ts";
import { DEPLOYMENT, type FakeWorld } from "../world/world.ts";
import { perform, type RequestedAct, votedFor } from "./voted-act.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Makes a deployment whose one account is for production.
 * @param requiredFrom moment from which the gate refuses; epoch seconds.
 */
export const inProduction = (requiredFrom = 0): Deployment => ({
  ...DEPLOYMENT,
  accounts: DEPLOYMENT.accounts.map((account) => ({ ...account, production: true })),
  threatModels: { requiredFrom },
});

/** Makes the act by which a person accepts the deployed model of an agent. */
export function anAcceptance(
  { ports }: FakeWorld,
  agent = "demo",
  changed: Json = {},
): RequestedAct & { readonly body: Json } {
  const registered = ports.agents.agents.get(agent);
  const model = registered ? modelHashes(registered, ports.accepted.deployed) : OF_NOBODY;
  return { route: "POST /v1/agents/{agent}/threat-model", agent, body: { ...model, ...changed } };
}

/** Model of an agent that is not registered. */
const OF_NOBODY = { reach: {}, connectors: {}, deployment: {}, registration: "0".repeat(64) };

/** Sends an acceptance with the person's vote for exactly this acceptance. */
export const sendAcceptance = (
  service: FakeService,
  act = anAcceptance(service.world),
  person = "kim",
  claims: Json = {},
): Promise<Answer> =>
  perform(
    service,
    act,
    votedFor(service.world, act, { groups: ["valetkey-security"], ...claims }, person),
    service.world.operatorToken({ sub: person, groups: ["valetkey-security"] }),
  );

/** Accepts the deployed model of an agent, as a person with an own sign-in. */
export async function acceptModel(service: FakeService, agent = "demo"): Promise<Json> {
  service.world.pass(1);
  const { status, body } = await sendAcceptance(service, anAcceptance(service.world, agent));
  if (status !== 201) throw new Error(`not accepted: ${JSON.stringify(body)}`);
  return body;
}
