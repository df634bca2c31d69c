import { haltAccount } from "../../contract/accounts.ts";
import { FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT } from "../../fakes/fake-world.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const quiet: Arrange = async (world) => ({ route: "GET /v1/overview", bearer: world.operatorToken() });

/** Arranges a live task, a halted account and a panic. */
const busy: Arrange = async (world) => {
  await startTask(world);
  const service = new FakeService(world);
  const halted = { parameters: { account: ACCOUNT }, body: { reason: "A key that nobody recorded was used there." } };
  await service.operate(`POST ${haltAccount.path}`, halted);
  await service.panic("An agent ran wild; everything stops until it is understood.");
  return quiet(world);
};

/** `GET /v1/overview` */
export const readOverviewOperation: Operation = {
  id: "readOverview",
  tag: "Operators",
  description:
    "Live tasks by agent, requests that wait for people by group, the panic, and the accounts that are halted. The counts of tasks are at most 3 seconds old; agents whose tasks policy does not let the operator list are left out. Made for repeated requests: send the `ETag` of the last answer as `If-None-Match`, and the answer is 304 while nothing has changed.",
  answer: { status: 200, says: "The overview.", schema: "Overview" },
  accepted: {
    busy: { says: "One live task, a halted account, and a panic", arrange: busy },
    quiet: { says: "No live task, and no waiting request", arrange: quiet },
  },
  refused: {
    ...refusedOperators(quiet),
    store_unavailable: whenPort("ballots", undefined, "store_unavailable", quiet),
  },
};
