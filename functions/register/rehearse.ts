import { isAgentId } from "../../contract/agent-id.ts";
import { rehearseActs as REHEARSE, type Rehearsed } from "../../contract/rehearsals.ts";
import type { Agent } from "../core/identity/agent.ts";
import { Refusal } from "../core/refusal.ts";
import { refusalBody } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import { permittedAgent } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import { refuseVoteless } from "../operators/step-up.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { permittedChange, type ResumingPorts, resumable } from "./change-agent.ts";
import { permittedRegistration } from "./register-agent.ts";

type Json = Readonly<Record<string, unknown>>;

/** Act on an agent, with the body for its own route. */
interface ProposedAct {
  readonly act: keyof typeof REHEARSALS;
  readonly body: Json;
}

/** Agent after an act that passed all checks, and whether the act needs a vote where `stepUp` is on. */
interface Passed {
  readonly agent: Agent;
  readonly isVoted: boolean;
}

type Rehearsal = (
  operator: OperatorIdentity,
  agent: Agent | undefined,
  body: Json,
  ports: ResumingPorts,
) => Promise<Passed>;

/** Checks of each act. The act's route makes the same ones, on the present agent and on the changed one. */
const REHEARSALS = {
  register: async (operator, _, body, ports) => ({
    agent: await permittedRegistration(operator, body, ports),
    isVoted: true,
  }),
  change: async (operator, found, body, ports) => {
    const agent = await permittedAgent(operator, "valetkey:ChangeAgent", found, ports);
    return permittedChange(operator, agent, body, ports);
  },
  resume: async (operator, found, _, ports) =>
    resumable(
      await permittedAgent(operator, "valetkey:ResumeAgent", found, ports),
      operator,
      ports,
      ports.clock.nowMs() / 1_000,
    ),
  suspend: async (operator, found, _, ports) => ({
    agent: await permittedAgent(operator, "valetkey:SuspendAgent", found, ports),
    isVoted: false,
  }),
} as const satisfies Readonly<Record<string, Rehearsal>>;

/**
 * Answers `POST /v1/agents/{agent}/rehearse` with the refusals that these acts on the agent would meet, in their order. Each act passes the checks of its own
 * route, on the agent that the acts before it would leave. Writes nothing, and uses no vote. An outage is an outage here too.
 */
export const rehearse = (event: HttpEvent, ports: ResumingPorts): Promise<HttpAnswer> =>
  operation<Rehearsed>(event, ports, async (operator) => {
    const id = event.pathParameters?.agent ?? "";
    let agent = isAgentId(id) ? await ports.agents.record(id) : undefined;
    await authoriseOperation(operator, "valetkey:ReadAgent", agent ?? "deployment", ports);
    const acts: Rehearsed["acts"][number][] = [];
    for (const { act, body } of actsIn(event, id)) {
      const outcome = await attempt(async () => {
        const rehearsed = await REHEARSALS[act](operator, agent, body, ports);
        const takesVote = ports.deployment.stepUp === true && rehearsed.isVoted;
        if (takesVote) refuseVoteless(operator, ports.deployment);
        return { ...rehearsed, takesVote };
      });
      if ("refusal" in outcome) {
        if (outcome.refusal.code === "store_unavailable") throw outcome.refusal;
        // Stops here: the acts that follow would be checked on an agent that will not exist.
        return { acts: [...acts, { act, refused: refusalBody(outcome.refusal) }] };
      }
      agent = outcome.value.agent;
      acts.push({ act, takes_vote: outcome.value.takesVote });
    }
    return { acts };
  });

/** Reads the acts. @throws {Refusal} malformed_request for a registration of another agent, and for what the contract refuses. */
function actsIn(event: HttpEvent, agent: string): readonly ProposedAct[] {
  const acts = readBodyOf(event, REHEARSE).acts.map(({ act, body = {} }) => ({ act, body }));
  if (acts.some(({ act, body }) => act === "register" && body.id !== agent))
    throw new Refusal("malformed_request", { say: "The body of register has the id of the agent in the address." });
  return acts;
}
