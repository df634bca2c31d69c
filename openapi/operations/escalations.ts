import * as v from "valibot";
import { agentId, taskId } from "../../contract/fields.ts";
import { ACCOUNT, type FakeWorld } from "../../fakes/fake-world.ts";
import { type Detection, detectionId } from "../../functions/core/escalation/detection.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { intake } from "../../functions/intake/intake.ts";
import { BUS_SOURCES, ESCALATION_EVENT } from "../../functions/names.ts";
import type { Operation } from "../operation.ts";
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

/** `GET /v1/escalations` */
export const listEscalationsOperation: Operation = {
  id: "listEscalations",
  tag: "Operators",
  description:
    "Detections of the rules of escalation within 90 days, with the response to each. The latest come first, 50 on a page. Agents that policy does not let the operator look at are left out, so that a page may have fewer. At most ten of one rule about one agent are listed for an hour; an entry with `unlisted` shows that there were more. The list is an overview: the proof is the journal's `event`.",
  query: {
    agent: { says: "An agent's id: its escalations.", required: false, schema: agentId },
    tree: { says: "A task's id: the escalations of all tasks in its tree.", required: false, schema: taskId },
    after: { says: "`next` of the page before.", required: false, schema: v.string() },
  },
  answer: { status: 200, says: "The escalations.", schema: "EscalationList" },
  accepted: {
    found: { says: "AWS has denied a task a write to permissions", arrange: listing },
    none: { says: "No rule has found anything", arrange: quiet },
  },
  refused: {
    ...refusedOperators(listing),
    malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "yesterday" } }),
    agent_not_found: ofAgent("nobody"),
    task_unknown: async (world) => ({ ...(await listing(world)), query: { tree: "nosuchtask00." } }),
    store_unavailable: whenPort("foundEscalations", undefined, "store_unavailable", listing),
  },
};
