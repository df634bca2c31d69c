import { haltAccount } from "../../../contract/accounts.ts";
import type * as overview from "../../../contract/overview.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
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

/** Calls of the operations on the overview. */
export const OVERVIEW = {
  readOverview: {
    examples: { busy, quiet },
    refused: {
      ...refusedOperators(quiet),
      store_unavailable: whenPort("ballots", undefined, "store_unavailable", quiet),
    },
  },
} as const satisfies ArrangementsOf<typeof overview>;
