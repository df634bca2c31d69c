import { agentId } from "../../contract/agent-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { ancestorsOf, type TaskPath } from "../../functions/core/task-path.ts";
import { confirmLeases } from "../../functions/exchange/vend/confirm-leases.ts";
import { openTask } from "../../functions/exchange/vend/open-task.ts";
import { renewLease } from "../../functions/exchange/vend/renew-lease.ts";
import { suspendAgent } from "../../functions/steps/agents/suspend-agent.ts";
import type { Caller } from "../../functions/steps/requests/verify-identity.ts";
import { type BelievedTask, believeTask } from "../../functions/steps/tasks/believe-task.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import type { ParentScope } from "../../functions/steps/tasks/grants.ts";
import { granted, REQUESTED } from "../fakes/samples/granted.ts";
import { aUse } from "../fakes/samples/task.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import type { GatedActor } from "./gated-actor.ts";

/** Agents of the model's two tasks. */
export const AGENTS = { root: agentId("demo"), child: agentId("helper") } as const;

/** Session that was handed out. Times are epoch seconds. */
export interface Held {
  readonly path: TaskPath;
  readonly startedAt: number;
  readonly issuedAt: number;
  readonly fenceAt: number;
}

/** Tasks that an act is about. */
export interface ActedOn {
  readonly root: BelievedTask;
  /** Task that is renewed or ended. */
  readonly path: TaskPath;
}

type Ports = FakeWorld["ports"];
type Confirmed = Awaited<ReturnType<typeof confirmLeases<Parameters<typeof confirmLeases>[0]>>>;

/** Lists the sessions of leases that were handed out. */
export const sessionsOf = ({ task, leases }: Confirmed): readonly Held[] =>
  leases.map(({ lease, session }) => ({
    path: task.path,
    startedAt: lease.startedAt,
    issuedAt: session.issuedAt ?? lease.startedAt,
    fenceAt: lease.fenceAt,
  }));

async function vend(ports: Ports, { root: parent }: ActedOn): Promise<readonly Held[]> {
  const parentScope = {
    parent,
    grants: granted(),
    delegated: { chain: [parent.agent] },
    delegation: { hash: "one", expiresAt: parent.expiresAt },
  } as unknown as ParentScope;
  const agent = await ports.agents.find(AGENTS.child);
  const caller = {
    ...{ agent, subject: "robots|agent:helper", claims: {}, absent: [], use: aUse(), onBehalf: undefined },
  } as unknown as Caller;
  return sessionsOf(await confirmLeases(await openTask(caller, REQUESTED, granted(parentScope), ports), ports));
}

async function renew(ports: Ports, { path }: ActedOn): Promise<readonly Held[]> {
  const task = await ports.tasks.read(path);
  const ended = new Refusal("task_ended");
  if (!task) throw ended;
  const renewed = await renewLease(await believeTask(task, ports, ended), "aws-0", granted(), ports);
  return sessionsOf(await confirmLeases(renewed, ports));
}

async function end(ports: Ports, { path }: ActedOn): Promise<readonly Held[]> {
  await endTask(path, { status: "completed" }, AGENTS.root, ports);
  return [];
}

async function halt(ports: Ports): Promise<readonly Held[]> {
  const agent = await ports.agents.record(AGENTS.child);
  if (!agent) throw new Error("the agent is gone");
  await suspendAgent(agent, "staff|alice", ports);
  return [];
}

/** Real functions of the model's actors. Each returns the sessions that it hands out. */
export const ACTS: Readonly<Record<string, (ports: Ports, on: ActedOn) => Promise<readonly Held[]>>> = {
  vend,
  renew,
  end,
  complete: end,
  halt,
};

type Gated = GatedActor<readonly Held[]>;

/** Makes a call once the calls before it are made. @returns false where the actor does not come to the call. */
export const upTo =
  (call: string) =>
  async (actor: Gated): Promise<boolean> => {
    await actor.runUntil(call);
    return actor.make(call);
  };
/** Makes the calls before one of these. Without a name, makes all that are left. */
export const until =
  (...calls: readonly string[]) =>
  async (actor: Gated): Promise<boolean> => {
    await actor.runUntil(...calls);
    return true;
  };
/** Lists after the write. The real functions write first, so a list before the write is none. */
const list =
  (write: string, call: string) =>
  async (actor: Gated): Promise<boolean> => {
    if (actor.made.includes(write)) return upTo(call)(actor);
    await actor.runUntil(write);
    return false;
  };

/**
 * Steps of the model, each as the calls that the real function makes in it. A translation returns false where the real
 * function does something else.
 */
export const STEPS: Readonly<Record<string, (actor: Gated) => Promise<boolean>>> = {
  "vend begins": until("tasks.open"),
  "vend records": upTo("tasks.open"),
  "vend reads": until("tasks.confirm", "tasks.end"),
  "vend hands out": until(),
  "renew begins": until("tasks.renew"),
  "renew records": upTo("tasks.renew"),
  "renew reads": until("tasks.confirm"),
  "renew hands out": until(),
  "end lists": list("tasks.end", "tasks.below"),
  "end writes": upTo("tasks.end"),
  "end ends": upTo("tasks.end"),
  "end answers": until(),
  "complete writes": until(),
  "halt lists": list("agents.change", "agents.liveTasks"),
  "halt writes": upTo("agents.change"),
  "halt ends": upTo("tasks.end"),
  "halt answers": until(),
};

/** True where a task above the path is in the set. */
export const isBelow = (path: TaskPath, over: { has(path: TaskPath): boolean }): boolean =>
  ancestorsOf(path).some((above) => over.has(above));
