import { FakeService } from "../../fakes/fake-service.ts";
import type { FakeWorld } from "../../fakes/fake-world.ts";
import { of, refusedFor, refusedReason, withReason } from "../arrangements/one-agent.ts";
import type { Operation } from "../operation.ts";
import { startTask } from "../recording/story.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { whenPort } from "../refused/outage.ts";

const offboarding = withReason(of("POST /v1/agents/{agent}/offboard", (world) => startTask(world)));

/** `POST /v1/agents/{agent}/offboard` */
export const offboardAgent: Operation = {
  id: "offboardAgent",
  tag: "Operators",
  description:
    "The agent gets nothing any more, is bound to no token, and its live tasks are ended; there is no way back, and its id is never used again. A request works for 20 seconds. Where tasks are left, the answer is 202. A repeat continues, as the sweep does each minute. Once the last fence has passed, its report is signed off. The agent's journal records a reason. Where `stepUp` is on, the first request has its vote in the body.",
  body: { mediaType: "application/json", schema: "Offboard", optional: true },
  answer: { status: 200, says: "The agent, with no live task.", schema: "OffboardedAgent" },
  unfinished: "Live tasks remain: repeat the request, or wait for the sweep.",
  accepted: {
    offboarding: { says: "An agent with one live task", arrange: offboarding },
    "with-a-vote": { says: "The same, with the vote that `stepUp` asks for", arrange: voted(offboarding) },
  },
  refused: {
    ...refusedFor(offboarding),
    ...refusedReason(offboarding),
    ...refusedActs(offboarding),
    contended: whenPort("agents", "change", "contended", offboarding),
  },
};

async function leaving(world: FakeWorld): Promise<FakeService> {
  const service = new FakeService(world);
  await startTask(world);
  await service.offboard();
  return service;
}

const asking = of("GET /v1/agents/{agent}/offboarding", leaving);
const askingLater = of("GET /v1/agents/{agent}/offboarding", async (world) => {
  const service = await leaving(world);
  world.pass(1_300);
  await service.offboard();
});

/** `GET /v1/agents/{agent}/offboarding` */
export const readOffboarding: Operation = {
  id: "readOffboarding",
  tag: "Operators",
  description:
    "Final state of each task, lease and binding of an agent, with the journal event that proves it. The report is signed off once nothing is open: the agent's last event then holds the report's SHA-256.",
  answer: { status: 200, says: "The report as of now, or as it was signed off.", schema: "Offboarding" },
  accepted: {
    open: { says: "While a session may still live", arrange: asking },
    "signed-off": { says: "When everything is over", arrange: askingLater },
  },
  refused: {
    ...refusedFor(asking),
    not_offboarding: of("GET /v1/agents/{agent}/offboarding"),
  },
};
