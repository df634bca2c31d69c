import { FakeService } from "../../fakes/fake-service.ts";
import { refusedReason, withReason } from "../arrangements/one-agent.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { personForm } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const ending: Arrange = withReason(async (world) => {
  await new FakeService(world).exchange(personForm(world));
  return {
    route: "POST /v1/people/{person}/end-tasks",
    path: { person: "staff|pat" },
    bearer: world.operatorToken(),
  };
});

/** `POST /v1/people/{person}/end-tasks` */
export const endPersonsTasks: Operation = {
  id: "endPersonsTasks",
  tag: "Operators",
  description:
    "Ends every task that acts for the person, sub-agents' included, and AWS denies their credentials within seconds. The person's tokens that were issued until now open no further one; a token of a later sign-in does. Repeat the request until it returns 200: a repeat ends the tasks that a failure left. A person who has no task is answered the same. The journal records a reason.",
  body: { mediaType: "application/json", schema: "Reason", optional: true },
  answer: { status: 200, says: "The ended tasks.", schema: "EndedPerson" },
  accepted: { ended: { says: "A person for whom one task acts", arrange: ending } },
  refused: {
    ...refusedOperators(ending),
    ...refusedReason(ending),
    store_unavailable: whenPort("tasks", "cut", "store_unavailable", ending),
    contended: whenPort("tasks", "cut", "contended", ending),
  },
};
