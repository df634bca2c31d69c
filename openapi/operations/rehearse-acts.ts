import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";

type Json = Readonly<Record<string, unknown>>;

const rehearsing =
  (agent: string, ...acts: readonly Json[]): Arrange =>
  async (world) => ({
    route: "POST /v1/agents/{agent}/rehearse",
    path: { agent },
    bearer: world.operatorToken(),
    body: { json: { acts } },
  });

const registering = (sub: string): Json => ({
  act: "register",
  body: {
    id: "weekly-reporter",
    name: "Weekly reporter",
    owner: "staff|rosa",
    team: "analytics",
    bindings: [{ issuer: "robots", claims: { sub } }],
  },
});

const changing = rehearsing("demo", { act: "change", body: { team: "analytics" } }, { act: "suspend" });

/** `POST /v1/agents/{agent}/rehearse` */
export const rehearseActs: Operation = {
  id: "rehearseActs",
  tag: "Operators",
  description:
    "Returns the refusals that acts on an agent would get, in their order; changes nothing, and uses no vote. Each act is judged by the checks of its own route, on the agent as the acts before would leave it. The checks are: fields, policy, an identity that another agent holds, and tasks that a suspension has yet to end. Changes by others may still refuse an act later. `valetkey apply` plans by it.",
  body: { mediaType: "application/json", schema: "Rehearsal" },
  answer: { status: 200, says: "The result of each act.", schema: "Rehearsed" },
  accepted: {
    passes: { says: "Another team, and a suspension", arrange: changing },
    held: {
      says: "A registration whose identity another agent holds",
      arrange: rehearsing("weekly-reporter", registering("agent:demo")),
    },
  },
  refused: {
    ...refusedOperators(changing),
    ...refusedJson(changing),
  },
};
