import type * as threatModels from "../../../contract/threat-models.ts";
import { acceptModel, anAcceptance, sendAcceptance } from "../../fakes/samples/accepted-model.ts";
import { votedFor } from "../../fakes/samples/voted-act.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";
import { of, refusedFor } from "./one-agent.ts";

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

const reading = of("GET /v1/agents/{agent}/threat-model", (world) => acceptModel(new FakeService(world)));

/** Calls of the operations on threat models. */
export const THREAT_MODELS = {
  readThreatModel: {
    examples: {
      accepted: reading,
      stale: of("GET /v1/agents/{agent}/threat-model", async (world) => {
        await sendAcceptance(new FakeService(world), anAcceptance(world));
        world.addAgent({ id: "demo", owner: "staff|carol" });
      }),
    },
    refused: refusedFor(reading),
  },
  acceptThreatModel: {
    examples: { accepted: accepting() },
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
  },
} as const satisfies ArrangementsOf<typeof threatModels>;
