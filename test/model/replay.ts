import { expect } from "vitest";
import { FENCE_SECONDS } from "../../contract/limits.ts";
import { DynamoHalts } from "../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { nextEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { SKEW_SECONDS } from "../../functions/core/revocation/role-state.ts";
import { childPath, rootPath, type TaskPath } from "../../functions/core/task-path.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { LANDS_SECONDS, TAKEN_SECONDS } from "../../functions/reconcile/reconcile-batch.ts";
import { type BelievedTask, sealTask } from "../../functions/steps/tasks/believe-task.ts";
import { PlainTable } from "../contract/store/recorded-items.ts";
import { ONE_OBJECT } from "../fakes/samples/granted.ts";
import { aLease, aTask, aUse } from "../fakes/samples/task.ts";
import { ALL_PROVEN } from "../fakes/world/answering-proofs.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { mayStillAct } from "../unit/core/revocation/tried-on.ts";
import { GatedActor, throughGate } from "./gated-actor.ts";
import { portsOver } from "./ports-over.ts";
import { registerAgents } from "./register-agents.ts";
import { ACTS, type ActedOn, AGENTS, type Held, isBelow, STEPS } from "./replayed-acts.ts";
import { type Fate, type Landed, ReplayedRole } from "./replayed-role.ts";
import { type Step, stepOf } from "./traces.ts";

/** Length of the model's tick; seconds. The model's durations are the real ones in ticks, rounded up. */
export const TICK_SECONDS = 5;

/** Error of a clock that the model has one tick ahead; milliseconds. Real clocks differ by less than `SKEW_SECONDS`. */
const AHEAD_MS = (SKEW_SECONDS - 1) * 1_000;

/** Moment of the model's tick 0; epoch milliseconds. */
const BEGAN_MS = Date.UTC(2026, 10, 24, 12);
const BEGAN = BEGAN_MS / 1_000;

/** Longest time from an ending to the denial of its keys, where one write is lost (`lost-writes.test.ts`); seconds. */
const BOUND_SECONDS = TAKEN_SECONDS + LANDS_SECONDS + 1;

/** Number of other tasks that ended before: more than a snapshot reads, so that the policy is a cut. */
const CROWD = 201;

interface ClockError {
  aheadMs: number;
}

/**
 * Replays one counterexample of the model against the real functions over the real table code, and checks the model's
 * properties after each step.
 */
export class Replay {
  /** Steps that the real functions did not follow, with the cause: `vend hands out: agent_inactive`. */
  readonly departures: string[] = [];
  /** Number of checks of a session against a policy, by what was expected. */
  readonly checks = { denied: 0, allowed: 0 };
  readonly #table = new PlainTable();
  readonly #world: FakeWorld;
  readonly #role: ReplayedRole;
  readonly #actors = new Map<string, { readonly gated: GatedActor<readonly Held[]>; readonly clock: ClockError }>();
  readonly #writerClocks = new Map<string, ClockError>();
  readonly #held: Held[] = [];
  /** True times from which tasks are over in the record, epoch milliseconds. */
  readonly #overAtMs = new Map<TaskPath, number>();
  /** Tasks that were over at each snapshot, by its number. */
  readonly #overIn = new Map<number, ReadonlySet<TaskPath>>();
  readonly #paths = new Set<TaskPath>();
  #nowMs = BEGAN_MS;
  /** Moment from which IAM takes writes: an outage lasts as long as its trace. */
  #writableFromMs = BEGAN_MS;
  #root!: BelievedTask;

  constructor() {
    this.#world = fakeWorld({
      deployment: { ...DEPLOYMENT, accounts: DEPLOYMENT.accounts.map((each) => ({ ...each, taskRoles: 1 })) },
      random: seededRandom("model"),
      proofs: ALL_PROVEN,
    });
    this.#role = new ReplayedRole({
      nowMs: () => this.#nowMs,
      onSnapshot: async (snapshot) => {
        await this.#noteOver();
        this.#overIn.set(snapshot, new Set(this.#overAtMs.keys()));
      },
      onLanded: (landed) => this.#checkPolicy(landed),
    });
  }

  /** Plays the trace, and then a minute in which the writers do what is left. */
  async play(lines: readonly string[]): Promise<void> {
    const steps = lines.map(stepOf);
    await this.#prepare(steps);
    const isOutage = steps.some(({ with: { outage } }) => outage === "1");
    this.#writableFromMs = isOutage ? Number.POSITIVE_INFINITY : BEGAN_MS;
    for (const step of steps) {
      this.#nowMs = BEGAN_MS + step.now * TICK_SECONDS * 1_000;
      const cause = await this.#follow(step);
      if (cause !== undefined) this.departures.push(`${step.actor} ${step.does}: ${cause}`);
      await this.#check();
      if (step.actor === "end" && step.does === "answers") await this.#expectNoneActive();
    }
    if (isOutage) this.#writableFromMs = this.#nowMs;
    for (const { gated } of this.#actors.values()) {
      await gated.runUntil();
      this.#collect(gated);
    }
    const clock = { aheadMs: 0 };
    for (let second = 0; second <= 60; second += 1) {
      await this.#check();
      await this.#role.settle(this.#portsOver(clock), this.#clockOf(clock));
      await this.#check();
      this.#nowMs += 1_000;
    }
    expect(this.#role.faults).toEqual([]);
    await this.#expectNoneActive();
  }

  /** Opens the root, the child unless the trace opens it, and ends a crowd where the trace has a cut. */
  async #prepare(steps: readonly Step[]): Promise<void> {
    const tasks = new DynamoTasks(this.#table.table);
    await registerAgents(this.#world, this.#table.table, BEGAN_MS);
    const random = seededRandom("tasks");
    const put = async (level: keyof typeof AGENTS, parent?: Task): Promise<BelievedTask> => {
      const { task, event } = aTask({
        path: parent ? childPath(parent.path, random.bytes(32)) : rootPath(random.bytes(32)),
        ...(parent ? { delegated: { chain: [parent.agent] } } : { hasDelegated: true }),
        agent: AGENTS[level],
        details: [ONE_OBJECT],
        leases: [aLease(0, { startedAt: BEGAN, fenceAt: BEGAN + FENCE_SECONDS, state: "issued" })],
        openedAt: BEGAN,
        expiresAt: BEGAN + 3_600,
        delegations: parent ? [] : [{ hash: "one", agent: AGENTS.child, expiresAt: BEGAN + 3_600, seal: "" }],
      });
      const sealed = await sealTask(task, this.#world.ports);
      await tasks.open(sealed, event, aUse(), undefined);
      this.#paths.add(sealed.path);
      this.#held.push({ path: sealed.path, startedAt: BEGAN, issuedAt: BEGAN, fenceAt: BEGAN + FENCE_SECONDS });
      return sealed;
    };
    this.#root = await put("root");
    if (!steps.some(({ actor }) => actor === "vend")) await put("child", this.#root);
    if (!steps.some(({ with: { cut } }) => cut === "1")) return;
    const past = BEGAN - 100;
    for (let number = 0; number < CROWD; number += 1) {
      const times = { startedAt: past, fenceAt: past + FENCE_SECONDS };
      const { task, event } = aTask({ agent: AGENTS.root, openedAt: past, leases: [aLease(0, times)] });
      await tasks.open(task, event, aUse(), undefined);
      const ended = nextEvent(task.chain, task.path, "task.ended", past * 1_000, {
        ...{ agent: task.agent, status: "completed", by: AGENTS.root, leases: [] },
      });
      await tasks.end(task, { status: "completed", endedAt: past, endedBy: "demo" }, ended);
    }
  }

  #clockOf = (clock: ClockError) => ({ nowMs: () => this.#nowMs + clock.aheadMs });

  #portsOf = (clock: ClockError, gate: (name: string) => Promise<void>): FakeWorld["ports"] =>
    aroundCalls(this.#portsOver(clock), throughGate(gate));

  #portsOver = (clock: ClockError): FakeWorld["ports"] =>
    portsOver(this.#table.table, this.#world, this.#clockOf(clock).nowMs);

  /** Goes on with the actor of the step. @returns why the real functions did not follow, if so. */
  async #follow(step: Step): Promise<string | undefined> {
    const { actor, does } = step;
    if (actor === "world") return undefined;
    if (actor === "ask") return void this.#role.ask();
    if (actor === "copy") return this.#copy(Number(step.with.task));
    if (actor.startsWith("writer")) return this.#write(step);
    const { gated, clock } = this.#actors.get(actor) ?? this.#start(step);
    clock.aheadMs = Math.max(clock.aheadMs, aheadMs(step));
    const isDone = await STEPS[`${actor} ${does}`]?.(gated);
    if (isDone === undefined) throw new Error(`a step without a translation: ${actor} ${does}`);
    this.#collect(gated);
    const { outcome } = gated;
    if (outcome?.status === "rejected")
      return outcome.reason instanceof Refusal ? outcome.reason.code : String(outcome.reason);
    return isDone ? undefined : "something else comes before";
  }

  #start(step: Step) {
    const { actor } = step;
    const act = ACTS[actor];
    if (!act) throw new Error(`no actor ${actor}`);
    const clock = { aheadMs: aheadMs(step) };
    const on = this.#actedOn(step);
    const started = { gated: new GatedActor((gate) => act(this.#portsOf(clock, gate), on)), clock };
    this.#actors.set(actor, started);
    return started;
  }

  #actedOn({ actor, with: { task } }: Step): ActedOn {
    const child = [...this.#paths].find((path) => path !== this.#root.path);
    const isChild = actor === "complete" || task === "1";
    return { root: this.#root, path: isChild && child ? child : this.#root.path };
  }

  /** Adds the sessions that an actor handed out. */
  #collect({ outcome }: GatedActor<readonly Held[]>): void {
    if (outcome?.status !== "fulfilled") return;
    this.#held.push(...outcome.value.filter((session) => !this.#held.includes(session)));
  }

  /** Copies the sessions of a task: equal in all but the issue time. */
  #copy(task: number): undefined {
    const isOfTask = ({ path }: Held) => (path === this.#root.path) === (task === 0);
    const issuedAt = Math.floor(this.#nowMs / 1_000);
    this.#held.push(...this.#held.filter(isOfTask).map((session) => ({ ...session, issuedAt })));
  }

  async #write(step: Step): Promise<string | undefined> {
    const { actor, does } = step;
    if (does === "receives") {
      const clock = { aheadMs: 0 };
      this.#writerClocks.set(actor, clock);
      const isDelivered = this.#role.receive(actor, this.#portsOver(clock), this.#clockOf(clock));
      return isDelivered ? undefined : "the queue delivers nothing";
    }
    // A writer that got no message does nothing more.
    if (!this.#role.isRunning(actor)) return undefined;
    const clock = this.#writerClocks.get(actor);
    if (clock) clock.aheadMs = Math.max(clock.aheadMs, aheadMs(step));
    const steps: Readonly<Record<string, () => Promise<boolean>>> = {
      renders: () => this.#role.render(actor),
      takes: () => this.#role.take(actor),
      writes: () => this.#role.write(actor, (step.with.fate ?? "done") as Fate),
      lands: () => this.#role.arriveLate(actor),
    };
    const isDone = await steps[does]?.();
    if (isDone === undefined) throw new Error(`a step without a translation: ${actor} ${does}`);
    return isDone ? undefined : "refused";
  }

  async #tasks(): Promise<readonly Task[]> {
    const tasks = new DynamoTasks(this.#table.table);
    for (const path of await tasks.below(this.#root.path)) this.#paths.add(path);
    const read = await Promise.all([...this.#paths].map((path) => tasks.read(path)));
    return read.filter((task) => task !== undefined);
  }

  /** Notes which tasks are over now, and asks for the role where one is new, as the relay does. */
  async #noteOver(): Promise<void> {
    const halted = new Set((await new DynamoHalts(this.#table.table).list()).map(({ agent }) => agent));
    for (const { path, status, agent } of await this.#tasks()) {
      const isOver = status !== "active" || halted.has(agent) || isBelow(path, this.#overAtMs);
      if (!isOver || this.#overAtMs.has(path)) continue;
      this.#overAtMs.set(path, this.#nowMs);
      this.#role.ask();
    }
  }

  /** P1: nothing is active that is over, or below what is over. */
  async #expectNoneActive(): Promise<void> {
    for (const { path, status } of await this.#tasks())
      if (this.#overAtMs.has(path)) expect(status, `P1 alive below: ${path}`).not.toBe("active");
  }

  /** Checks the policy in force after a step: P1, and P3 for sessions that were just handed out. */
  async #check(): Promise<void> {
    await this.#noteOver();
    const landed = this.#role.landed.at(-1);
    await this.#checkPolicy(landed ?? { text: undefined, snapshot: 0 });
    for (const session of this.#held) {
      const overAtMs = this.#overAtMs.get(session.path) ?? Number.POSITIVE_INFINITY;
      const deniableFromMs = Math.max(overAtMs, this.#writableFromMs);
      if (this.#nowMs > deniableFromMs + BOUND_SECONDS * 1_000)
        await this.#expect(session, false, landed?.text, "P1 bound");
      const latestFence = overAtMs / 1_000 + FENCE_SECONDS + SKEW_SECONDS;
      expect(session.fenceAt, "P1 fence").toBeLessThanOrEqual(latestFence);
    }
  }

  /** P2: no older snapshot's text lands. P3: each task that was over in the snapshot is denied, and no live task. */
  async #checkPolicy({ text, snapshot }: Landed): Promise<void> {
    const snapshots = this.#role.landed.map((each) => each.snapshot);
    expect(snapshots, "P2 returned").toEqual(snapshots.toSorted((a, b) => a - b));
    for (const session of this.#held) {
      if (this.#overIn.get(snapshot)?.has(session.path)) await this.#expect(session, false, text, "P3 revived");
      if (!this.#overAtMs.has(session.path)) await this.#expect(session, true, text, "P3 killed");
    }
  }

  async #expect(session: Held, may: boolean, text: string | undefined, property: string): Promise<void> {
    const agent = session.path === this.#root.path ? AGENTS.root : AGENTS.child;
    this.checks[may ? "allowed" : "denied"] += 1;
    expect(await mayStillAct(text, { ...session, agent }), `${property}: ${JSON.stringify(session)} ${text}`).toBe(may);
  }
}

/** Error of the clock that the model chose for a step; milliseconds. */
const aheadMs = ({ now, with: { at = String(now) } }: Step): number => (Number(at) > now ? AHEAD_MS : 0);
