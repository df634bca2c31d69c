import type * as rehearsals from "../../../contract/rehearsals.ts";
import type { ArrangementsOf } from "../from-contract.ts";
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

/** Calls of the rehearsal of acts. */
export const REHEARSALS = {
  rehearseActs: {
    examples: { passes: changing, held: rehearsing("weekly-reporter", registering("agent:demo")) },
    refused: { ...refusedOperators(changing), ...refusedJson(changing) },
  },
} as const satisfies ArrangementsOf<typeof rehearsals>;
