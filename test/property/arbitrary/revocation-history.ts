import fc from "fast-check";
import { type AgentId, agentId } from "../../../contract/agent-id.ts";
import { levelOf, separatorOf } from "../../../contract/task-id.ts";
import type { HaltedAgent } from "../../../functions/core/revocation/halt.ts";
import { deadBefore, isHalted, type Panic } from "../../../functions/core/revocation/panic.ts";
import { type RevocationPolicy, renderRevocations } from "../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { FakeRole } from "../../fakes/tasks/role.ts";

const BEGAN = 1_764_000_000;
const AGENTS = ["agent-a", "agent-b", "agent-c"].map(agentId);

const OFTEN = ["open", "child", "renew", "render"] as const;

/** Next step. `after`: true seconds. `clock`: error of the acting function's clock; any two differ by 5 s at most, as `SKEW_SECONDS` assumes. `sts`, `record`: seconds that STS and the record take. */
const step = fc.record({
  what: fc.constantFrom(...OFTEN, ...OFTEN, "end", "end", "suspend", "resume", "panic"),
  which: fc.nat(30),
  agent: fc.constantFrom(...AGENTS),
  after: fc.oneof(
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 0, max: 40 }),
    // Delays of zero, and delays about as long as a cut reaches back. The cut covers requests under way at an ending.
    fc.constantFrom(0, 0, 20, 21, 22, 23, 24, 25, 26),
  ),
  clock: fc.constantFrom(-2, 0, 3),
  sts: fc.constantFrom(0, 1, 10),
  record: fc.constantFrom(0, 1, 10),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/**
 * Steps of one role. `isCrowded`: so many tasks ended there before that the policy has to name the live ones instead.
 */
export const history = fc.record({
  steps: fc.array(step, { minLength: 20, maxLength: 80 }),
  isCrowded: fc.boolean(),
  /** Upper bound on the ended tasks that are read, whenever they ended. */
  most: fc.constantFrom(0, 2, 200),
  isPanicky: fc.boolean(),
});

interface Session {
  /** Start by the clock of the function that began the session. */
  readonly startedAt: number;
  /** True time at which the session was handed out. A session whose task is over by then is never handed out. */
  readonly answeredAt: number;
}

interface Known {
  readonly path: TaskPath;
  readonly agent: (typeof AGENTS)[number];
  /** Opening by the clock of the function that opened the task. */
  readonly openedAt: number;
  readonly sessions: Session[];
  /** Entries of the record, each with the true time at which it became visible. */
  recorded: { readonly at: number; readonly entry: RoleEntry }[];
  /** True time at which the record has the task's own end, or its ancestor's, its agent's or the panic. */
  overAt: number;
  /** An ending that is on its way into the record. */
  ending?: { readonly notedAt: number; readonly at: number; readonly endedAt: number };
  hasDelegated: boolean;
}

/** A policy as it was written, when its snapshot was taken, and who was halted in it. */
export interface Written {
  readonly policy: RevocationPolicy;
  readonly at: number;
  readonly halted: readonly string[];
  /**
   * True for a panic. An operator may have lifted it since, so this policy must not be judged by tasks that live again.
   */
  readonly isPanic: boolean;
}

/**
 * Plays the steps. Knows the truth about every session, and every policy that the reconciler renders from the record of
 * that moment.
 */
export class RevocationHistory {
  readonly tasks: Known[] = [];
  readonly written: Written[] = [];
  readonly #halts = new Map<string, HaltedAgent>();
  readonly #crowd: readonly (RoleEntry & { endedAt: number })[];
  readonly #most: number;
  #panic: Panic | undefined;
  #children = 0;
  now = BEGAN;

  constructor(isCrowded: boolean, most: number) {
    this.#most = most;
    const past = { openedAt: BEGAN - 300, startedAt: BEGAN - 300, fenceAt: BEGAN + 3_000, endedAt: BEGAN - 200 };
    this.#crowd = Array.from({ length: isCrowded ? 700 : 0 }, (_, n) => ({
      ...past,
      path: `z${n.toString(36).padStart(11, "0")}_` as TaskPath,
      agent: agentId("somebody"),
    }));
  }

  play(given: Step, isPanicky: boolean): void {
    // No two at the same moment; what is written down is whole seconds.
    this.now += given.after + 0.001;
    this.#settleEndings();
    const ours = Math.floor(this.now + given.clock);
    const task = this.tasks[given.which % Math.max(1, this.tasks.length)];
    if (given.what === "open") this.#open(this.#root(), given, ours);
    else if (given.what === "child") this.#openBelow(given.which % 2 === 0 ? this.#deepest() : task, given, ours);
    else if (given.what === "renew" && task && this.#isAlive(task)) this.#issue(task, given, ours);
    else if (given.what === "end" && task && this.#isRecorded(task))
      task.ending ??= { notedAt: this.now, at: this.now + given.record, endedAt: ours };
    else if (given.what === "suspend") this.#suspend(given.agent, ours);
    else if (given.what === "resume") this.#halts.delete(given.agent);
    else if (given.what === "panic" && isPanicky) this.#panicOrLift(ours);
    else if (given.what === "render") this.#render(ours);
  }

  /** Deepest live task that may still have a child. Chance alone produces few grandchildren. */
  #deepest(): Known | undefined {
    const parents = this.tasks.filter((task) => levelOf(task.path) <= 1 && this.#isAlive(task));
    return parents.toSorted((a, b) => b.path.length - a.path.length)[0];
  }

  #openBelow(task: Known | undefined, given: Step, ours: number): void {
    if (!task || levelOf(task.path) > 1 || !this.#isAlive(task)) return;
    // The pending ending of this task fails, since the task has changed.
    if (!task.hasDelegated) delete task.ending;
    task.hasDelegated = true;
    this.#open(`${task.path}${this.#child()}${separatorOf(task.path)}` as TaskPath, given, ours);
  }

  /** Trees of both separators, by turns. */
  #root(): TaskPath {
    const count = this.tasks.length;
    return `a${String(count).padStart(11, "0")}${count % 2 === 0 ? "." : "_"}` as TaskPath;
  }

  #child(): string {
    this.#children += 1;
    return String(this.#children).padStart(4, "c");
  }

  /**
   * True while the task is not over and every vend before has answered. Nobody can end or renew a session that was
   * never handed out.
   */
  #isAlive(task: Known): boolean {
    const answeredAt = Math.max(...task.sessions.map((session) => session.answeredAt));
    return answeredAt <= this.now && this.now < task.overAt && !this.#halts.has(task.agent);
  }

  /**
   * True where the record has the task alive. A function that ends a task knows it only from the record. The session
   * may still wait to be handed out or renewed.
   */
  #isRecorded(task: Known): boolean {
    return (task.recorded[0]?.at ?? Infinity) <= this.now && this.now < task.overAt && !this.#halts.has(task.agent);
  }

  /**
   * Writes the endings that are due. An ending is written some time after its moment was noted. The write fails where
   * another change of its task was recorded in between.
   */
  #settleEndings(): void {
    for (const task of this.tasks) {
      const { ending } = task;
      if (!ending || ending.at > this.now) continue;
      delete task.ending;
      const isContended = task.recorded.some(({ at }) => at > ending.notedAt && at <= ending.at);
      if (!isContended && ending.at < task.overAt) this.#end(task, ending.endedAt, ending.at);
    }
  }

  #open(path: TaskPath, given: Step, ours: number): void {
    if (this.#halts.has(given.agent) || isHalted(this.#panic, ours)) return;
    const none = { sessions: [], recorded: [], overAt: Infinity, hasDelegated: false };
    const task = { path, agent: given.agent, openedAt: ours, ...none };
    this.tasks.push(task);
    this.#issue(task, given, ours);
  }

  #issue(task: Known, { sts, record }: Step, ours: number): void {
    if (isHalted(this.#panic, ours)) return;
    task.sessions.push({ startedAt: ours, answeredAt: this.now + Math.max(sts, record) });
    const { path, agent, openedAt } = task;
    const entry = { path, agent, openedAt, startedAt: ours, fenceAt: ours + 900 };
    task.recorded.push({ at: this.now + record, entry });
  }

  #end(task: Known, endedAt: number, at: number): void {
    task.overAt = at;
    // A renewal that would be recorded after the ending finds the task ended, and fails.
    const isTooLate = (each: { readonly at: number }, index: number): boolean => index > 0 && each.at > at;
    task.recorded = task.recorded.filter((each, index) => !isTooLate(each, index));
    const last = task.recorded.at(-1);
    if (last) task.recorded.push({ at, entry: { ...last.entry, endedAt } });
    // Tasks below it follow, one by one, and are over now.
    for (const child of this.tasks) if (child.path.startsWith(task.path)) child.overAt = Math.min(child.overAt, at);
  }

  /** A vend under way reads the suspension afterwards, and revokes its own task. */
  #suspend(agent: AgentId, ours: number): void {
    this.#halts.set(agent, { agent, at: ours, by: "alice" });
    for (const task of this.tasks) if (task.agent === agent && this.now < task.overAt) this.#end(task, ours, this.now);
  }

  #panicOrLift(ours: number): void {
    if (this.#panic && this.#panic.liftedAt === undefined) {
      this.#panic = { ...this.#panic, liftedAt: ours, liftedBy: "alice" };
      return;
    }
    this.#panic = { declaredAt: ours, declaredBy: "alice", reason: "a drill", chain: { n: 1, hash: "" } };
    for (const task of this.tasks) task.overAt = Math.min(task.overAt, this.now);
  }

  #render(ours: number): void {
    const role = new FakeRole(this.#most);
    for (const entry of this.#crowd) role.ended(entry, entry.endedAt);
    for (const { recorded, hasDelegated } of this.tasks)
      for (const { at, entry } of recorded) {
        if (at > this.now) continue;
        if (entry.endedAt === undefined) role.issued(entry);
        else role.ended(entry, entry.endedAt, hasDelegated);
      }
    const halted = { agents: [...this.#halts.values()], panic: this.#panic };
    this.written.push({
      policy: renderRevocations(role.snapshot(ours), ours, halted),
      at: this.now,
      halted: [...this.#halts.keys()],
      isPanic: deadBefore(this.#panic) === Number.POSITIVE_INFINITY,
    });
  }
}
