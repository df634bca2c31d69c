import type * as credentials from "../../../contract/credentials.ts";
import { RATE_LIMITS } from "../../../contract/limits.ts";
import { inProduction } from "../../fakes/samples/accepted-model.ts";
import { giveConsent } from "../../fakes/samples/given-consent.ts";
import { fillRoles } from "../../fakes/tasks/fill-roles.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { DEPLOYMENT, type FakeWorld, READ_REPORTS } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { approve, askingPeople, deny, type WaitingHeld, waitingTask } from "../recording/approvals.ts";
import type { Arrange } from "../recording/call.ts";
import { completeTask, personForm, startTask } from "../recording/story.ts";
import { BUDGET, spendBudget } from "../refused/budgets.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { afterAccountHalt, afterPanic, whilePaused } from "../refused/halted.ts";
import { refusedHolders } from "../refused/holder.ts";
import { holdOther, KEPT_APART, LABELLED } from "../refused/labels.ts";
import { changedMeanwhile, whenPort } from "../refused/outage.ts";
import { refusedSessions } from "../refused/sessions.ts";

const ROUTE = "GET /v1/tasks/{task}/credentials/{lease}";

const renewing: Arrange = async (world) => {
  const task = await startTask(world);
  world.pass(600);
  return { route: ROUTE, path: { task: task.id, lease: "aws-0" }, bearer: task.token };
};

const renewingTooLate: Arrange = async (world) => {
  const task = await startTask(world);
  await completeTask(world, task);
  return { route: ROUTE, path: { task: task.id, lease: "aws-0" }, bearer: task.token };
};

/** Arranges the request for the credentials of a task that waits for people, after what they have done. */
const fetching =
  (before: (world: FakeWorld, held: WaitingHeld) => unknown, annotation?: string): Arrange =>
  async (world) => {
    const held = await waitingTask(world);
    await before(world, held);
    const call = { route: ROUTE, path: { task: held.id, lease: "aws-0" }, bearer: held.token } as const;
    return { ...call, meanwhile: askingPeople(annotation) };
  };

/** Calls of the operation on credentials. */
export const CREDENTIALS = {
  renewCredentials: {
    examples: { renewed: renewing },
    refused: {
      ...refusedHolders(renewing),
      task_ended: renewingTooLate,
      too_many_requests: refusedOnceMore(renewingTooLate),
      consent_ended: async (world) => {
        const service = new FakeService(world);
        await giveConsent(service, { authorization_details: READ_REPORTS });
        const task = await service.start(personForm(world, { may_act: undefined }));
        world.ports.given.live.clear();
        world.pass(600);
        return { route: ROUTE, path: { task: task.id, lease: "aws-0" }, bearer: task.token };
      },
      lease_unknown: async (world) => {
        const call = await renewing(world);
        return { ...call, path: { ...call.path, lease: "aws-7" } };
      },
      agent_inactive: async (world) => {
        const call = await renewing(world);
        world.addAgent({ id: "demo", status: "suspended" });
        return call;
      },
      agent_paused: whilePaused(async (world) => {
        const task = await startTask(world, personForm(world));
        world.pass(600);
        return { route: ROUTE, path: { task: task.id, lease: "aws-0" }, bearer: task.token };
      }),
      halted: afterPanic(renewing),
      account_halted: afterAccountHalt(renewing),
      threat_model_unaccepted: async (world) => ({
        ...(await renewing(world)),
        meanwhile: { deployment: inProduction() },
      }),
      policy_denied: async (world) => {
        const call = await renewing(world);
        world.addAgent({ id: "demo", team: "another" });
        return call;
      },
      intent_invalid: async (world) => ({
        ...(await renewing(world)),
        meanwhile: { deployment: { ...DEPLOYMENT, accounts: [] } },
      }),
      intent_too_large: whenPort("sessions", undefined, "intent_too_large", renewing),
      renewed_too_soon: async (world) => {
        const task = await startTask(world);
        const recent = { find: () => undefined, keep: () => undefined };
        return { route: ROUTE, path: { task: task.id, lease: "aws-0" }, bearer: task.token, meanwhile: { recent } };
      },
      authorization_pending: fetching(() => undefined),
      slow_down: fetching(async (world, held) => {
        await new FakeService(world, { ...world.ports, ...askingPeople() }).renew(held);
        world.ports.rateLimits.fill("fetch", RATE_LIMITS.fetch);
      }),
      approval_denied: fetching(deny),
      approval_expired: fetching((world) => world.pass(900)),
      approval_void: fetching(approve, '@approval("sre=2")'),
      role_full: fetching(async (world, held) => {
        await approve(world, held);
        fillRoles(world);
      }),
      budget_spent: fetching(async (world, held) => {
        await approve(world, held);
        spendBudget(world);
      }, `@approval("sre") @budget("${BUDGET}")`),
      label_conflict: async (world) => {
        const held = await renewing(world);
        holdOther(world);
        return { ...held, meanwhile: { policies: LABELLED, deployment: KEPT_APART } };
      },
      contended: whenPort("tasks", "renew", "contended", renewing),
      overloaded: async (world) => ({ ...(await renewing(world)), waitedMs: 5_000 }),
      agent_changed: changedMeanwhile("renew", renewing),
      ...refusedSessions(renewing),
    },
  },
} as const satisfies ArrangementsOf<typeof credentials>;
