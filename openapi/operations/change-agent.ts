import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { whenPort } from "../refused/outage.ts";
import { refusedFor } from "./one-agent.ts";

const changing =
  (body: Readonly<Record<string, unknown>> = { team: "analytics", limits: { live_tasks: 5 } }): Arrange =>
  async (world) => ({
    route: "POST /v1/agents/{agent}",
    path: { agent: "demo" },
    bearer: world.operatorToken(),
    body: { json: body },
  });

/** `POST /v1/agents/{agent}` */
export const changeAgentOperation: Operation = {
  id: "changeAgent",
  tag: "Operators",
  description:
    "Another name, owner, contact, team, end date, other labels or limits; what is not named stays. Its id and its bindings cannot be changed: another identity is another agent. Who gives it another owner or team has to be allowed to there too. Giving and taking labels needs `valetkey:LabelAgent` besides, and so does bringing labels along to another owner or team.",
  body: { mediaType: "application/json", schema: "AgentChange" },
  answer: { status: 200, says: "The agent, changed.", schema: "Agent" },
  accepted: {
    changed: { says: "Another team, and fewer tasks at a time", arrange: changing() },
    labelled: { says: "Other labels", arrange: changing({ labels: ["deployer"] }) },
    "with-a-vote": { says: "Another team, with the vote that `stepUp` asks for", arrange: voted(changing()) },
  },
  refused: {
    ...refusedFor(changing()),
    ...refusedActs(changing()),
    agent_invalid: changing({ bindings: [] }),
    agent_offboarded: async (world) => {
      world.addAgent({ id: "demo", status: "offboarding" });
      return changing()(world);
    },
    contended: whenPort("agents", "change", "contended", changing()),
  },
};
