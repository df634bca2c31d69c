import { type RequestedAct, STEPPING_UP, votedFor } from "../../fakes/samples/voted-act.ts";
import type { Refused } from "../operation.ts";
import type { Arrange, Call } from "../recording/call.ts";
import { refusedJson } from "./body.ts";

type Json = Readonly<Record<string, unknown>>;

const bodyOf = ({ body }: Call): Json => (body && "json" in body ? (body.json as Json) : {});

/** Arranges the call with a vote, in a deployment whose operators' acts take one. */
export const voted =
  (arrange: Arrange, changed: Json = {}): Arrange =>
  async (world) => {
    const call = await arrange(world);
    const act: RequestedAct = {
      route: call.route as RequestedAct["route"],
      ...(call.path?.agent === undefined ? {} : { agent: call.path.agent }),
      ...(call.path?.account === undefined ? {} : { account: call.path.account }),
      ...(call.path?.condition === undefined ? {} : { condition: call.path.condition }),
      body: bodyOf(call),
    };
    const json = { ...bodyOf(call), step_up: { ...votedFor(world, act), ...changed } };
    return { ...call, body: { json }, meanwhile: { deployment: STEPPING_UP } };
  };

const steppingUp =
  (arrange: Arrange): Arrange =>
  async (world) => ({ ...(await arrange(world)), meanwhile: { deployment: STEPPING_UP } });

/** Lists the refusals of an act that takes a vote. */
export function refusedActs(arrange: Arrange) {
  return {
    ...refusedJson(voted(arrange)),
    // Without any body, the refusal would be that of a missing vote.
    unsupported_media_type: async (world) => ({ ...(await voted(arrange)(world)), body: { form: { step_up: "" } } }),
    step_up_required: steppingUp(arrange),
    vote_invalid: voted(arrange, { nonce: "A".repeat(22) }),
    sign_in_used: async (world) => {
      const call = await voted(arrange)(world);
      const person = { issuer: "staff", value: "alice" };
      world.ports.ballots.useForAct({ person, signedInAt: world.nowSeconds(), nonce: "of another act" });
      return call;
    },
  } satisfies Refused;
}
