import { expect } from "vitest";
import type { KnownAgent } from "../../functions/core/identity/agent.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { confirmLeases } from "../../functions/exchange/vend/confirm-leases.ts";
import { openTask } from "../../functions/exchange/vend/open-task.ts";
import { renewLease } from "../../functions/exchange/vend/renew-lease.ts";
import { releasing } from "../../functions/exchange/vend/take-labels.ts";
import type { Caller } from "../../functions/steps/requests/verify-identity.ts";
import { believeTask } from "../../functions/steps/tasks/believe-task.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import { PlainTable } from "../contract/store/recorded-items.ts";
import { granted, REQUESTED } from "../fakes/samples/granted.ts";
import { aUse } from "../fakes/samples/task.ts";
import { ALL_PROVEN } from "../fakes/world/answering-proofs.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { GatedActor, throughGate } from "./gated-actor.ts";
import { portsOver } from "./ports-over.ts";
import { registerAgents } from "./register-agents.ts";
import { AGENTS, type Held, sessionsOf, until, upTo } from "./replayed-acts.ts";
import { type Step, stepOf } from "./traces.ts";

/** Length of the tick of the model of labels, and its difference of clocks; seconds. */
const TICK_SECONDS = CLOCK_MARGIN_SECONDS;
const WINDOW_SECONDS = TICK_SECONDS;
/** Moment of the model's tick 0; epoch milliseconds. */
const BEGAN_MS = Date.UTC(2026, 10, 24, 12);

const SIDES = ["payroll", "egress"] as const;
type Side = (typeof SIDES)[number];
type Act = GatedActor<readonly Held[]>;

/** Key that somebody got. Times are epoch seconds by AWS's clock. */
interface Key {
  readonly side: Side;
  readonly gotAt: number;
  readonly fenceAt: number;
}

const grantsFor = (side: Side, agent: KnownAgent | undefined) => ({
  ...granted(),
  labels: [side],
  agents: agent ? [agent] : [],
});

/** Steps of the model by what begins them, each as the calls that the real function makes in it. */
const STEPS: Readonly<Record<string, Readonly<Record<string, (act: Act) => Promise<boolean>>>>> = {
  opens: { opens: until("tasks.open"), records: upTo("tasks.open"), reads: until("tasks.confirm", "tasks.end") },
  renews: { renews: until("tasks.renew"), records: upTo("tasks.renew"), reads: until("tasks.confirm") },
};

/**
 * Replays one counterexample of the model of labels against the real functions over the real table code. Checks after
 * each step that nobody has keys of both sides.
 */
export class LabelReplay {
  /** Steps that the real functions did not follow, with the cause: `egress opens: label_conflict`. */
  readonly departures: string[] = [];
  /** Keys that were handed out, by side. */
  readonly keys: Key[] = [];
  readonly #table = new PlainTable();
  readonly #world: FakeWorld;
  readonly #requests = new Map<Side, { readonly act: Act; readonly begunBy: string }>();
  readonly #tasks = new Map<Side, TaskPath>();
  #nowMs = BEGAN_MS;

  constructor() {
    this.#world = fakeWorld({ random: seededRandom("labels"), proofs: ALL_PROVEN });
  }

  async play(lines: readonly string[]): Promise<void> {
    await registerAgents(this.#world, this.#table.table, BEGAN_MS);
    for (const step of lines.map(stepOf)) {
      this.#nowMs = BEGAN_MS + step.now * TICK_SECONDS * 1_000;
      const side = SIDES.find((each) => each === step.actor);
      if (side === undefined) continue;
      const cause = await this.#follow(side, step);
      if (cause !== undefined) this.departures.push(`${side} ${step.does}: ${cause}`);
      this.#expectApart();
    }
  }

  /** Goes on with the side's request. @returns why the real functions did not follow, if so. */
  async #follow(side: Side, step: Step): Promise<string | undefined> {
    const { does } = step;
    if (does === "stops") return void this.#requests.delete(side);
    if (does === "ends") {
      const path = this.#tasks.get(side);
      if (!path) return "no task";
      await endTask(path, { status: "completed" }, AGENTS.root, this.#portsOf(step));
      return undefined;
    }
    const { act, begunBy } = does in STEPS ? this.#begin(side, step) : (this.#requests.get(side) ?? {});
    if (!act || begunBy === undefined) throw new Error(`a step of no request: ${side} ${does}`);
    const go = does === "hands out" ? until() : STEPS[begunBy]?.[does];
    if (!go) throw new Error(`a step without a translation: ${side} ${does}`);
    const isDone = await go(act);
    const { outcome } = act;
    if (outcome?.status === "rejected")
      return outcome.reason instanceof Refusal ? outcome.reason.code : String(outcome.reason);
    const gotAt = this.#nowMs / 1_000;
    if (does === "hands out") for (const { fenceAt } of outcome?.value ?? []) this.keys.push({ side, gotAt, fenceAt });
    return isDone ? undefined : "something else comes before";
  }

  #begin(side: Side, step: Step) {
    const act = new GatedActor((gate) => {
      const ports = aroundCalls(this.#portsOf(step), throughGate(gate));
      return step.does === "opens" ? this.#open(side, ports) : this.#renew(side, ports);
    });
    const request = { act, begunBy: step.does };
    this.#requests.set(side, request);
    return request;
  }

  /** Ports of the process of a step: its clock, and its fence, which the account's configuration makes as short. */
  #portsOf({ now, with: { at = String(now), fence = at } }: Step): FakeWorld["ports"] {
    const aheadMs = (Number(at) - now) * TICK_SECONDS * 1_000;
    const [a, b] = SIDES;
    const deployment = {
      ...DEPLOYMENT,
      accounts: DEPLOYMENT.accounts.map((each) => ({ ...each, fence: (Number(fence) - Number(at)) * TICK_SECONDS })),
      conflicts: [{ a, b, scope: "agent" as const, windowSeconds: WINDOW_SECONDS }],
    };
    return { ...portsOver(this.#table.table, this.#world, () => this.#nowMs + aheadMs), deployment };
  }

  async #open(side: Side, plain: FakeWorld["ports"]): Promise<readonly Held[]> {
    const ports = releasing(plain);
    const onTake = (path: TaskPath, holds: Parameters<typeof ports.onTake>[1]) => {
      this.#tasks.set(side, path);
      ports.onTake(path, holds);
    };
    const agent = await ports.agents.find(AGENTS.root);
    const caller = { agent, subject: "robots|agent:demo", claims: {} };
    const complete = { ...caller, absent: [], use: aUse(), onBehalf: undefined } as unknown as Caller;
    const request = { ...REQUESTED, ttlSeconds: 7_200 };
    const opened = await openTask(complete, request, grantsFor(side, agent), { ...ports, onTake });
    return sessionsOf(await confirmLeases(opened, ports));
  }

  async #renew(side: Side, ports: FakeWorld["ports"]): Promise<readonly Held[]> {
    const ended = new Refusal("task_ended");
    const path = this.#tasks.get(side);
    const task = path && (await ports.tasks.read(path));
    if (!task) throw ended;
    const believed = await believeTask(task, ports, ended);
    const grants = grantsFor(side, await ports.agents.find(AGENTS.root));
    return sessionsOf(await confirmLeases(await renewLease(believed, "aws-0", grants, ports), ports));
  }

  /** I11, by AWS's clock: whoever gets a key that works gets it after the fence of each key of the other side, and the window. */
  #expectApart(): void {
    for (const one of this.keys)
      for (const other of this.keys) {
        if (one.side === other.side || one.gotAt > other.gotAt || other.fenceAt <= other.gotAt) continue;
        const freeAt = one.fenceAt + WINDOW_SECONDS;
        expect(other.gotAt, `I11: ${JSON.stringify({ one, other })}`).toBeGreaterThanOrEqual(freeAt);
      }
  }
}
