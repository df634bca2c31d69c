import { acceptModel, anAcceptance, sendAcceptance } from "../../fakes/accepted-model.ts";
import { FakeService } from "../../fakes/fake-service.ts";
import type { FakeWorld } from "../../fakes/fake-world.ts";
import { votedFor } from "../../fakes/voted-act.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

type Json = Readonly<Record<string, unknown>>;

const tokenOf = (world: FakeWorld) => world.operatorToken({ sub: "kim", groups: ["valetkey-security"] });

/** Arranges an acceptance, with a vote for exactly this acceptance. */
const accepting =
  (changed: Json = {}, vote: Json = {}, agent = "demo"): Arrange =>
  async (world) => {
    const act = anAcceptance(world, agent, changed);
    const step_up = { ...votedFor(world, act, {}, "kim"), ...vote };
    return {
      route: "POST /v1/agents/{agent}/threat-model",
      path: { agent },
      bearer: tokenOf(world),
      body: { json: { ...act.body, step_up } },
    };
  };

/** `POST /v1/agents/{agent}/threat-model` */
export const acceptThreatModelOperation: Operation = {
  id: "acceptThreatModel",
  tag: "Operators",
  description:
    "Accepts an agent's threat model for production accounts, where policy permits you `valetkey:AcceptThreatModel` on the agent. The owner may not accept it, nor may a person who registered or changed the agent within 7 days. Takes the deployed hashes, and always your vote: without `step_up` the answer has the page on which to sign in.",
  body: { mediaType: "application/json", schema: "ThreatModelHashes" },
  answer: {
    status: 201,
    says: "The acceptance, which holds for this model and no other.",
    schema: "AcceptedThreatModel",
  },
  accepted: { accepted: { says: "A model as it is deployed", arrange: accepting() } },
  refused: {
    ...refusedOperators(accepting()),
    ...refusedJson(accepting()),
    agent_not_found: async (world) => {
      world.addAgent({ id: "demo", status: "suspended" });
      return accepting()(world);
    },
    threat_model_differs: accepting({ registration: "0".repeat(64) }),
    step_up_required: async (world) => ({ ...(await accepting()(world)), body: { json: anAcceptance(world).body } }),
    vote_invalid: accepting({}, { nonce: "A".repeat(22) }),
    sign_in_used: async (world) => {
      const person = { issuer: "staff", value: "kim" };
      world.ports.ballots.useForAct({ person, signedInAt: world.nowSeconds(), nonce: "of another act" });
      return accepting()(world);
    },
    contended: whenPort("accepted", "give", "contended", accepting()),
  },
};

const reading: Arrange = async (world) => {
  await acceptModel(new FakeService(world));
  return { route: "GET /v1/agents/{agent}/threat-model", path: { agent: "demo" }, bearer: world.operatorToken() };
};

/** `GET /v1/agents/{agent}/threat-model` */
export const readThreatModelOperation: Operation = {
  id: "readThreatModel",
  tag: "Operators",
  description:
    "The hashes of an agent's threat model as it is deployed, and who accepted which. `valetkey threat-model` writes the model itself from the checkout.",
  answer: { status: 200, says: "The hashes, and the latest acceptances.", schema: "ThreatModel" },
  accepted: {
    accepted: { says: "A model that somebody has accepted", arrange: reading },
    stale: {
      says: "One that has changed since",
      arrange: async (world) => {
        const service = new FakeService(world);
        await sendAcceptance(service, anAcceptance(world));
        world.addAgent({ id: "demo", owner: "staff|carol" });
        return { route: "GET /v1/agents/{agent}/threat-model", path: { agent: "demo" }, bearer: world.operatorToken() };
      },
    },
  },
  refused: {
    ...refusedOperators(reading),
    agent_not_found: async (world) => ({ ...(await reading(world)), path: { agent: "nobody" } }),
  },
};
