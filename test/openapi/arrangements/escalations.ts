import type * as escalations from "../../../contract/escalations.ts";
import { BUS_SOURCES, ESCALATION_EVENT } from "../../../contract/names.ts";
import { type Detection, detectionId } from "../../../functions/core/escalation/detection.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { intake } from "../../../functions/intake/intake.ts";
import { ACCOUNT, type FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const ROUTE = "GET /v1/escalations";

/** Sends `intake` the detection of a task's denied write to permissions. */
async function escalate(world: FakeWorld, task: string): Promise<void> {
  const [at, account] = [world.nowSeconds(), world.ports.deployment.bus.own];
  const detail: Detection = {
    id: detectionId("E4", ACCOUNT, task, at),
    rule: "E4",
    at,
    account: ACCOUNT,
    task: task as TaskPath,
    role: "valetkey-task-1",
    key_id: "ASIAEXAMPLEEXAMPLE00",
    action: "iam:CreateUser",
    resource: "*",
    error: "AccessDenied",
    source_ip: "203.0.113.9",
    event_id: "5f6c2c1e-0b3d-4a51-9f3e-2d7a53b1c001",
  };
  const event = { "detail-type": ESCALATION_EVENT, source: BUS_SOURCES.own, account, id: "event-1" };
  const time = new Date(at * 1_000).toISOString();
  await intake({ ...event, time, detail: { version: "1", requested_by: "valetkey", ...detail } }, world.ports);
}

const listing: Arrange = async (world) => {
  const { id } = await startTask(world);
  await escalate(world, id);
  return { route: ROUTE, bearer: world.operatorToken() };
};
const quiet: Arrange = async (world) => ({ route: ROUTE, bearer: world.operatorToken() });
const ofAgent =
  (agent: string): Arrange =>
  async (world) => ({ ...(await listing(world)), query: { agent } });

/** Calls of the operations on escalations. */
export const ESCALATIONS = {
  listEscalations: {
    examples: { found: listing, none: quiet },
    refused: {
      ...refusedOperators(listing),
      malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "yesterday" } }),
      agent_not_found: ofAgent("nobody"),
      task_unknown: async (world) => ({ ...(await listing(world)), query: { tree: "nosuchtask00." } }),
      store_unavailable: whenPort("foundEscalations", undefined, "store_unavailable", listing),
    },
  },
} as const satisfies ArrangementsOf<typeof escalations>;
