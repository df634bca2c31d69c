import type * as contract from "../../../contract/signing.ts";
import { partOf } from "../../../functions/core/budgets/calls.ts";
import { giveConsent } from "../../fakes/samples/given-consent.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { type FakeWorld, READ_REPORTS } from "../../fakes/world/world.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { completeTask, personForm, startForm, startTask } from "../recording/story.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { afterAccountHalt, afterPanic, whilePaused } from "../refused/halted.ts";
import { refusedHolders } from "../refused/holder.ts";

const ROUTE = "POST /v1/tasks/{task}/sign";

/** Request that reads an object of S3. */
const READ = {
  lease: "aws-0",
  method: "GET",
  host: "s3.us-east-1.amazonaws.com",
  path: "/acme-data/reports/june.csv",
  query: "",
  headers: [["accept", "*/*"]],
  payload_hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

const signed = { deliver: "sign" } as const;

/** Arranges a signature of a request, in a task that is started with the form. */
const signing =
  (request: Partial<typeof READ> = {}, form: (world: FakeWorld) => object = () => ({})): Arrange =>
  async (world) => {
    const task = await startTask(world, { ...form(world), ...signed });
    return { route: ROUTE, path: { task: task.id }, bearer: task.token, body: { json: { ...READ, ...request } } };
  };

const afterTheEnd: Arrange = async (world) => {
  const task = await startTask(world, signed);
  await completeTask(world, task);
  return { route: ROUTE, path: { task: task.id }, bearer: task.token, body: { json: READ } };
};

/** Calls of the operation that signs. */
export const SIGNING = {
  signRequest: {
    examples: { signed: signing() },
    refused: {
      ...refusedHolders(signing()),
      ...refusedJson(signing()),
      task_ended: afterTheEnd,
      too_many_requests: refusedOnceMore(afterTheEnd),
      consent_ended: async (world) => {
        const service = new FakeService(world);
        await giveConsent(service, { authorization_details: READ_REPORTS });
        const task = await service.start({ ...personForm(world, { may_act: undefined }), ...signed });
        world.ports.given.live.clear();
        return { route: ROUTE, path: { task: task.id }, bearer: task.token, body: { json: READ } };
      },
      agent_inactive: async (world) => {
        const call = await signing()(world);
        world.addAgent({ id: "demo", status: "suspended" });
        return call;
      },
      agent_paused: whilePaused(signing({}, personForm)),
      halted: afterPanic(signing()),
      account_halted: afterAccountHalt(signing()),
      lease_unknown: signing({ lease: "aws-7" }),
      renew_needed: async (world) => {
        const call = await signing()(world);
        world.pass(120);
        return call;
      },
      request_unsignable: signing({ path: "/acme-data/../other" }),
      call_refused: async (world) => {
        const policies = cedarOf([
          "permit (principal, action, resource);",
          '@id("no-deletes") @perCall("s3:GetObject") forbid (principal, action, resource);',
        ]);
        const task = await new FakeService(world, { ...world.ports, policies }).start(startForm(world, signed));
        return { route: ROUTE, path: { task: task.id }, bearer: task.token, body: { json: READ } };
      },
      budget_spent: async (world) => {
        const policies = cedarOf([
          '@id("reads") @deliver("sign") @calls("reads 1/1h agent") permit (principal, action, resource);',
        ]);
        const task = await new FakeService(world, { ...world.ports, policies }).start(
          startForm(world, { authorization_details: JSON.stringify(READ_REPORTS) }),
        );
        world.ports.callCounts.counted.set(
          "reads#agent#3600#demo",
          new Map([[partOf({ window: 3_600 }, world.ports.clock.nowMs() / 1_000), 1]]),
        );
        return { route: ROUTE, path: { task: task.id }, bearer: task.token, body: { json: READ } };
      },
      host_not_granted: signing({ host: "dynamodb.us-east-1.amazonaws.com" }),
    },
  },
} as const satisfies ArrangementsOf<typeof contract>;
