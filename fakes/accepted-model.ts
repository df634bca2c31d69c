import type { Deployment } from "../functions/core/deployment/deployment.ts";
import { modelHashes } from "../functions/core/threat/model-hashes.ts";
import type { Answer, FakeService } from "./fake-service.ts";
import { DEPLOYMENT, type FakeWorld } from "./fake-world.ts";
import { type AskedOf, perform, votedFor } from "./voted-act.ts";

type Json = Readonly<Record<string, unknown>>;

/** Deployment whose one account is for production. @param requiredFrom moment from which the gate refuses; epoch seconds. */
export const inProduction = (requiredFrom = 0): Deployment => ({
  ...DEPLOYMENT,
  accounts: DEPLOYMENT.accounts.map((account) => ({ ...account, production: true })),
  threatModels: { requiredFrom },
});

/** Act by which a person accepts the model of an agent as it is deployed. */
export function anAcceptance(
  { ports }: FakeWorld,
  agent = "demo",
  changed: Json = {},
): AskedOf & { readonly body: Json } {
  const registered = ports.agents.agents.get(agent);
  const model = registered ? modelHashes(registered, ports.accepted.deployed) : OF_NOBODY;
  return { route: "POST /v1/agents/{agent}/threat-model", agent, body: { ...model, ...changed } };
}

/** Model of an agent that is not registered. */
const OF_NOBODY = { reach: {}, connectors: {}, registration: "0".repeat(64) };

/** Sends an acceptance with the vote of the person for exactly it. */
export const sendAcceptance = (
  service: FakeService,
  asked = anAcceptance(service.world),
  person = "kim",
  claims: Json = {},
): Promise<Answer> =>
  perform(
    service,
    asked,
    votedFor(service.world, asked, { groups: ["valetkey-security"], ...claims }, person),
    service.world.operatorToken({ sub: person, groups: ["valetkey-security"] }),
  );

/** Has a person accept the model of an agent as it is deployed, by a sign-in of its own. */
export async function acceptModel(service: FakeService, agent = "demo"): Promise<Json> {
  service.world.pass(1);
  const { status, body } = await sendAcceptance(service, anAcceptance(service.world, agent));
  if (status !== 201) throw new Error(`not accepted: ${JSON.stringify(body)}`);
  return body;
}
