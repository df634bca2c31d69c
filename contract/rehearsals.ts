import * as v from "valibot";
import { ofAgent } from "./agents.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { refusalAnswer } from "./refusal-answers.ts";
import { BY_OPERATORS, WITH_BODY } from "./refused-by.ts";

const act = v.picklist(["register", "change", "suspend", "resume"]);

const rehearsal = v.strictObject({
  acts: v.pipe(
    v.array(
      v.strictObject({
        act,
        body: v.exactOptional(
          v.pipe(
            v.record(v.string(), v.unknown()),
            v.description(
              "Body as the route of the act takes it, without a vote. That of `register` names this agent.",
            ),
          ),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(4),
  ),
});

const rehearsed = v.strictObject({
  acts: v.pipe(
    v.array(
      v.strictObject({
        act,
        takes_vote: v.exactOptional(
          v.pipe(v.boolean(), v.description("True where the act would take the operator's vote, by `stepUp`.")),
        ),
        refused: v.exactOptional(v.pipe(refusalAnswer, v.description("Refusal that the act would get now."))),
      }),
    ),
    v.description("Acts in their order, up to the first that would be refused. Later acts are not judged."),
  ),
});

/** `POST /v1/agents/{agent}/rehearse` */
export const rehearseActs = operation({
  id: "rehearseActs",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/rehearse",
  caller: "operator",
  function: "register",
  permission: "valetkey:ReadAgent",
  stepUp: "never",
  summary: "List what would refuse acts on an agent; changes nothing",
  description:
    "Returns the refusals that acts on an agent would get, in their order; changes nothing, and uses no vote. Each act is judged by the checks of its own route, on the agent as the acts before would leave it. The checks are: fields, policy, an identity that another agent holds, and tasks that a suspension has yet to end. Changes by others may still refuse an act later. `valetkey apply` plans by it.",
  parameters: ofAgent,
  body: { schema: rehearsal },
  answer: { status: 200, says: "The result of each act.", schema: rehearsed },
  examples: {
    passes: "Another team, and a suspension",
    held: "A registration whose identity another agent holds",
  },
  refuses: [...BY_OPERATORS, ...WITH_BODY],
});

export interface Rehearsed extends AnswerOf<typeof rehearseActs> {}

/** Operations of rehearsals, and their schemas by their names in the document. */
export const REHEARSALS = {
  operations: [rehearseActs],
  requests: { Rehearsal: rehearsal },
  answers: { Rehearsed: rehearsed },
} as const satisfies Noun;
