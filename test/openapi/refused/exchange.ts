import { DEFAULT_LIMITS, RATE_LIMITS, TOKEN_LIMITS, TREE_LIMITS } from "../../../contract/limits.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { childPath, parentOf } from "../../../functions/core/task-path.ts";
import { endPerson } from "../../../functions/steps/tasks/end-person.ts";
import { inProduction } from "../../fakes/samples/accepted-model.ts";
import { giveConsent, withdrawConsent } from "../../fakes/samples/given-consent.ts";
import { aUse } from "../../fakes/samples/task.ts";
import { fillRoles } from "../../fakes/tasks/fill-roles.ts";
import { FakeService, type Held } from "../../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, READ_REPORTS } from "../../fakes/world/world.ts";
import type { Refused } from "../operation.ts";
import { approve, askingPeople, deny, polling, pollOnce, waitingTask } from "../recording/approvals.ts";
import type { Arrange, Call } from "../recording/call.ts";
import {
  belowForm,
  completeTask,
  delegationForm,
  federateForm,
  personForm,
  presentationForm,
  startBelow,
  startForm,
  startTask,
  tokenCall,
} from "../recording/story.ts";
import { refusedForms } from "./body.ts";
import { BUDGETED, spendBudget } from "./budgets.ts";
import { afterAccountHalt, afterPanic, whileCooling, whilePaused } from "./halted.ts";
import { refusedIdentities } from "./identity.ts";
import { holdOther, KEPT_APART, LABELLED } from "./labels.ts";
import { changedMeanwhile, whenPort } from "./outage.ts";
import { refusedSessions } from "./sessions.ts";

const KEY = { idempotency_key: "weekly-report-2026-48" };

/** Arranges the request with changed parameters; an empty one counts as omitted. */
const starting =
  (more: Readonly<Record<string, string>>): Arrange =>
  async (world) =>
    tokenCall(startForm(world, more));

const asking = (resources: readonly string[], actions: readonly string[] = ["s3:GetObject"]): Arrange =>
  starting({ authorization_details: JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources }]) });

/** Refusals of `POST /v1/token`. */
export const exchangeRefusals = (good: Arrange) =>
  ({
    ...refusedForms(good),
    malformed_request: starting({ purpose: "" }),
    unsupported_grant_type: starting({ grant_type: "client_credentials" }),
    target_unknown: async (world) => tokenCall(federateForm(world, { resource: "https://tickets.acme.test/other" })),
    scope_invalid: async (world) => tokenCall(federateForm(world, { scope: "search  close" })),
    scope_denied: async (world) => tokenCall(federateForm(world, { scope: "search close" })),
    assertion_refused: async (world) => {
      const { assertion = "", ...form } = federateForm(world);
      await startTask(world, { subject_token: assertion });
      return tokenCall({ ...form, assertion });
    },
    unsupported_token_type: starting({ subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }),
    delegation_unsupported: async (world) => tokenCall({ ...personForm(world), subject_token: world.agentToken() }),
    actor_not_allowed: async (world) => tokenCall(personForm(world, { may_act: undefined })),
    person_ended: async (world) => {
      const form = personForm(world);
      await endPerson({ issuer: "staff", value: "pat" }, "staff|alice", world.ports);
      return tokenCall(form);
    },
    consent_ended: async (world) => {
      const service = new FakeService(world);
      const id = await giveConsent(service, { authorization_details: READ_REPORTS });
      world.ports.tasks.before = async (method) => {
        if (method === "open") await withdrawConsent(service, id);
      };
      return tokenCall(personForm(world, { may_act: undefined }));
    },
    delegation_token_invalid: async (world) => {
      const form = await belowForm(world, await startTask(world));
      return tokenCall({ ...form, subject_token: `${form.subject_token?.slice(0, -43)}${"A".repeat(43)}` });
    },
    delegation_too_deep: async (world) => {
      let task = await startTask(world);
      for (let depth = 0; depth < TREE_LIMITS.depth; depth += 1) task = await startBelow(world, task);
      return tokenCall(delegationForm(task.token));
    },
    too_many_children: async (world) => {
      world.addAgent({ id: "helper", limits: { ...DEFAULT_LIMITS, liveTasks: 6 * TREE_LIMITS.children } });
      const task = await startTask(world);
      const child = await startBelow(world, task);
      for (let count = 1; count < TREE_LIMITS.children; count += 1) await openBeside(world, child);
      world.pass(1);
      return tokenCall(await belowForm(world, task));
    },
    ...refusedIdentities(async (world, token) => tokenCall(startForm(world, { subject_token: token }))),
    intent_invalid: asking(["arn:aws:s3:::acme-data/reports/*"], ["s3:GetObjcet"]),
    intent_too_large: asking(Array.from({ length: 40 }, (_, n) => `arn:aws:s3:::acme-data/reports/2026/week-${n}.csv`)),
    threat_model_unaccepted: async (world) => ({
      ...(await good(world)),
      meanwhile: { deployment: inProduction() },
    }),
    policy_denied: asking(["arn:aws:s3:::acme-payroll/2026/*", "arn:aws:s3:::acme-data/reports/*"]),
    agent_inactive: async (world) => {
      world.addAgent({ id: "demo", status: "suspended" });
      return good(world);
    },
    halted: afterPanic(good),
    account_halted: afterAccountHalt(good),
    agent_cooling_down: whileCooling(good),
    agent_paused: whilePaused(async (world) => tokenCall(personForm(world))),
    role_full: async (world) => {
      fillRoles(world);
      return good(world);
    },
    budget_spent: async (world) => {
      spendBudget(world);
      return { ...(await good(world)), meanwhile: { policies: BUDGETED } };
    },
    label_conflict: async (world) => {
      holdOther(world);
      return { ...(await good(world)), meanwhile: { policies: LABELLED, deployment: KEPT_APART } };
    },
    token_replayed: async (world) => {
      const form = startForm(world);
      await startTask(world, form);
      return tokenCall(form);
    },
    idempotency_conflict: async (world) => {
      await startTask(world, KEY);
      return tokenCall(startForm(world, { ...KEY, purpose: "summarise another report" }));
    },
    too_many_tasks: async (world) => {
      world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, liveTasks: 1 } });
      await startTask(world);
      return good(world);
    },
    too_many_requests: async (world) => {
      world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, tasksPerMinute: 1 } });
      await startTask(world);
      return good(world);
    },
    too_many_tokens: async (world) => {
      await startTask(world, KEY);
      const { tasks } = world.ports.tasks;
      for (const [path, task] of tasks) {
        const repeats = Array.from({ length: TOKEN_LIMITS.tokens - 1 }, (_, count) => ({ hash: `repeat-${count}` }));
        tasks.set(path, { ...task, tokens: [...task.tokens, ...repeats] });
      }
      return tokenCall(startForm(world, KEY));
    },
    renewed_too_soon: repeatedAfterCrash,
    subject_token_unknown: async (world) =>
      tokenCall(presentationForm(`${(await startTask(world)).token.slice(0, -43)}${"A".repeat(43)}`)),
    task_ended: async (world) => {
      const task = await startTask(world);
      await completeTask(world, task);
      return tokenCall(presentationForm(task.token));
    },
    authorization_pending: async (world) => polling(await waitingTask(world)),
    slow_down: async (world) => {
      const held = await waitingTask(world);
      await pollOnce(world, held);
      world.ports.rateLimits.fill("poll", RATE_LIMITS.poll);
      return polling(held);
    },
    approval_denied: async (world) => {
      const held = await waitingTask(world);
      await deny(world, held);
      return polling(held);
    },
    approval_expired: async (world) => {
      const held = await waitingTask(world);
      world.pass(900);
      return polling(held);
    },
    approval_void: async (world) => {
      const held = await waitingTask(world);
      await approve(world, held);
      return { ...polling(held), meanwhile: askingPeople('@approval("sre=2")') };
    },
    too_many_approvals: async (world) => {
      await deny(world, await waitingTask(world));
      return { ...(await good(world)), meanwhile: askingPeople() };
    },
    contended: whenPort("tasks", "open", "contended", good),
    overloaded: async (world) => ({ ...(await good(world)), waitedMs: 9_000 }),
    agent_changed: changedMeanwhile("open", good),
    store_unavailable: whenPort("tasks", "open", "store_unavailable", good),
    secret_held: whenPort("sessions", undefined, "secret_held", good),
    connector_unavailable: whenPort("sessions", undefined, "connector_unavailable", good),
    connector_refused: whenPort("sessions", undefined, "connector_refused", good),
    ...refusedSessions(good),
  }) satisfies Refused;

/** Records a live sibling of a task, without a request. */
async function openBeside({ ports: { tasks, random } }: FakeWorld, { id }: Held): Promise<void> {
  const [task, opening] = [tasks.tasks.get(id), tasks.events.find(({ of, n }) => of === id && n === 1)];
  const parent = task && parentOf(task.path);
  if (!parent || !opening) throw new Error(`${id} was not opened below another`);
  let path = childPath(parent, random.bytes(32));
  // Two of so many siblings may get one name.
  while (tasks.tasks.has(path)) path = childPath(parent, random.bytes(32));
  const event = linkEvent(EMPTY_CHAIN, path, opening.type, opening.at, opening.facts);
  await tasks.open({ ...task, path, chain: headOf(event) }, event, aUse(), undefined);
}

/** Arranges a repeat after the first function died between STS and the record: its session may have been handed out. */
async function repeatedAfterCrash(world: FakeWorld): Promise<Call> {
  await startTask(world, KEY);
  const { tasks } = world.ports.tasks;
  for (const [path, task] of tasks)
    tasks.set(path, { ...task, leases: task.leases.map((lease) => ({ ...lease, state: "issuing" })) });
  return tokenCall(startForm(world, KEY));
}
