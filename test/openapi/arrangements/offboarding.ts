import type * as offboarding from "../../../contract/offboarding.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { startTask } from "../recording/story.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { whenPort } from "../refused/outage.ts";
import { of, refusedFor, refusedReason, withReason } from "./one-agent.ts";

const leaving = withReason(of("POST /v1/agents/{agent}/offboard", (world) => startTask(world)));

async function left(world: FakeWorld): Promise<FakeService> {
  const service = new FakeService(world);
  await startTask(world);
  await service.offboard();
  return service;
}

const reading = of("GET /v1/agents/{agent}/offboarding", left);
const readingLater = of("GET /v1/agents/{agent}/offboarding", async (world) => {
  const service = await left(world);
  world.pass(1_300);
  await service.offboard();
});

/** Calls of the operations on agents that leave. */
export const OFFBOARDING = {
  offboardAgent: {
    examples: { offboarding: leaving, "with-a-vote": voted(leaving) },
    refused: {
      ...refusedFor(leaving),
      ...refusedReason(leaving),
      ...refusedActs(leaving),
      contended: whenPort("agents", "change", "contended", leaving),
    },
  },
  readOffboarding: {
    examples: { open: reading, "signed-off": readingLater },
    refused: { ...refusedFor(reading), not_offboarding: of("GET /v1/agents/{agent}/offboarding") },
  },
} as const satisfies ArrangementsOf<typeof offboarding>;
