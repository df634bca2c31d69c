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
    "Changes an agent's name, owner, contact, team, end date, labels or limits; omitted fields stay. The id and the bindings cannot be changed: another identity is another agent. A change of the owner or the team must be permitted for the new one too. A change of labels also needs `valetkey:LabelAgent`, as does another owner or team for an agent with labels.",
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
