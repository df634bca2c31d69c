import type * as people from "../../../contract/people.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { personForm } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";
import { refusedReason, withReason } from "./one-agent.ts";

const ending: Arrange = withReason(async (world) => {
  await new FakeService(world).exchange(personForm(world));
  return {
    route: "POST /v1/people/{person}/end-tasks",
    path: { person: "staff|pat" },
    bearer: world.operatorToken(),
  };
});

/** Calls of the operations on people. */
export const PEOPLE = {
  endPersonsTasks: {
    examples: { ended: ending },
    refused: {
      ...refusedOperators(ending),
      ...refusedReason(ending),
      store_unavailable: whenPort("tasks", "cut", "store_unavailable", ending),
      contended: whenPort("tasks", "cut", "contended", ending),
    },
  },
} as const satisfies ArrangementsOf<typeof people>;
