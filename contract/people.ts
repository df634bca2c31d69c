import * as v from "valibot";
import { endReason, instant, personName, taskId } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS, WITH_BODY } from "./refused-by.ts";

const endedPerson = v.strictObject({
  person: personName,
  dead_until: v.pipe(
    instant,
    v.description("The person's tokens that were issued up to this moment open nothing and keep nothing alive."),
  ),
  ended_tasks: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.description("Number of live tasks that this request ended."),
  ),
  ended: v.pipe(v.array(taskId), v.description("The ended tasks, sub-agents' included.")),
});

/** `POST /v1/people/{person}/end-tasks` */
export const endPersonsTasks = operation({
  id: "endPersonsTasks",
  tag: "Operators",
  method: "POST",
  path: "/v1/people/{person}/end-tasks",
  caller: "operator",
  function: "operate",
  permission: "valetkey:EndPersonsTasks",
  stepUp: "never",
  summary: "End all tasks that act for a person",
  description:
    "Ends every task that acts for the person, sub-agents' included, and AWS denies their credentials within seconds. The person's tokens that were issued until now open no further one; a token of a later sign-in does. Repeat the request until it returns 200: a repeat ends the tasks that a failure left. A person who has no task is answered the same. The journal records a reason.",
  parameters: {
    person: v.pipe(
      personName,
      v.description(
        "The person, `issuer|value`. A `%` in it is written `%25` and a `/` `%2F`, before the address is encoded as any other: the gateway decodes it before it looks for the route.",
      ),
    ),
  },
  body: { schema: endReason, optional: true },
  answer: { status: 200, says: "The ended tasks.", schema: endedPerson },
  examples: { ended: "A person for whom one task acts" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "contended"],
});

export interface EndedPerson extends AnswerOf<typeof endPersonsTasks> {}

/** Operations of people, and their schemas by their names in the document. */
export const PEOPLE = {
  operations: [endPersonsTasks],
  requests: {},
  answers: { EndedPerson: endedPerson },
} as const satisfies Noun;
