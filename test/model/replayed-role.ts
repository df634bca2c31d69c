import { writeUntilKnown } from "../../functions/adapters/iam/write-until-known.ts";
import type { Clock } from "../../functions/core/ports.ts";
import type { ReconcileBatchPorts } from "../../functions/reconcile/reconcile-batch.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../../infra/hub-scope.ts";
import { ROLE } from "../fakes/samples/task.ts";
import { reconcileMessages } from "../harness/reconcile-messages.ts";
import { GatedActor } from "./gated-actor.ts";

/** Outcome of a writer's attempts. `again`: the text landed without an answer, and a copy of the request may arrive. */
export type Fate = "done" | "again" | "late" | "lost";

/** Most that IAM's clock differs from a writer's estimate of it; milliseconds. */
const IAM_CLOCK_MS = 1_000;

/** A text that IAM applied. */
export interface Landed {
  readonly text: string | undefined;
  /** Number of the snapshot behind the text. */
  readonly snapshot: number;
}

interface Message {
  readonly sentAtMs: number;
  receipt: string;
  receives: number;
  visibleAtMs: number;
}

type Ports = ReconcileBatchPorts;
/** Ports of a writer that the role does not have itself. */
export type WriterPorts = Pick<Ports, "deployment" | "roles" | "halts" | "panics" | "policyWrites" | "loads">;

interface RoleEvents {
  /** Returns the true time; epoch milliseconds. */
  nowMs(): number;
  /** Called right before a writer reads the record, with the number of the snapshot. */
  onSnapshot(snapshot: number): Promise<void>;
  onLanded(landed: Landed): Promise<void>;
}

/** One run of a writer. */
interface Run {
  readonly actor: GatedActor<void>;
  fate: Fate;
  snapshot: number;
  /** Copy of the request that may still arrive. */
  pending?: { readonly text: string | undefined; readonly untilMs: number };
}

/**
 * Task role in IAM and its group in the queue, with real writers (`reconcileBatch`) that go on step by step. A group
 * delivers nothing while one of its messages is hidden.
 */
export class ReplayedRole {
  readonly landed: Landed[] = [];
  readonly #runs = new Map<string, Run>();
  readonly #events: RoleEvents;
  #messages: Message[] = [];
  #receipts = 0;
  #snapshots = 0;

  constructor(events: RoleEvents) {
    this.#events = events;
  }

  get policyInForce(): string | undefined {
    return this.landed.at(-1)?.text;
  }

  /** Sends a message that asks for the role, as the relay and the sweep do. */
  ask(): void {
    this.#messages.push({ sentAtMs: this.#events.nowMs(), receipt: "", receives: 0, visibleAtMs: 0 });
  }

  /** Starts a writer with the messages of the group. @returns false where the queue delivers nothing. */
  receive(writer: string, ports: WriterPorts, clock: Clock): boolean {
    const nowMs = this.#events.nowMs();
    if (this.#messages.length === 0 || this.#messages.some(({ visibleAtMs }) => visibleAtMs > nowMs)) return false;
    const batch = this.#messages.slice(0, 10);
    for (const message of batch) {
      this.#receipts += 1;
      message.receipt = `r${this.#receipts}`;
      message.receives += 1;
      message.visibleAtMs = nowMs + REVOCATION_HIDDEN_SECONDS * 1_000;
    }
    const delivered = batch.map((message) => ({ ...message }));
    const run: Run = {
      fate: "done",
      snapshot: 0,
      actor: new GatedActor((gate) =>
        this.#reconcile(
          delivered,
          this.#portsOf(() => run, gate, ports, clock),
        ),
      ),
    };
    this.#runs.set(writer, run);
    return true;
  }

  isRunning(writer: string): boolean {
    return this.#runs.has(writer);
  }

  /** Lets a writer take its snapshot and render it. @returns false where it did neither. */
  async render(writer: string): Promise<boolean> {
    const actor = this.#runs.get(writer)?.actor;
    await actor?.runUntil("take", "send");
    return actor?.made.includes("snapshot") ?? false;
  }

  /** Lets a writer take the role, after its snapshot. @returns false where it did not try. */
  async take(writer: string): Promise<boolean> {
    await this.render(writer);
    return (await this.#runs.get(writer)?.actor.make("take")) ?? false;
  }

  /** Lets a writer send its policy, and run to its end. @returns false where it sent none. */
  async write(writer: string, fate: Fate): Promise<boolean> {
    const run = this.#runs.get(writer);
    if (!run) return false;
    run.fate = fate;
    await run.actor.runUntil();
    return run.actor.made.includes("send");
  }

  /** Delivers the copy of a request that is on its way. @returns false where there is none, or IAM refuses it. */
  async arriveLate(writer: string): Promise<boolean> {
    const run = this.#runs.get(writer);
    if (!run?.pending) return false;
    const { text, untilMs } = run.pending;
    delete run.pending;
    return this.#arrive(run, text, untilMs);
  }

  /** Lets every writer run to its end, and then new ones until the queue delivers nothing. */
  async settle(ports: WriterPorts, clock: Clock): Promise<void> {
    for (const { actor } of this.#runs.values()) await actor.runUntil();
    for (let number = 0; this.receive(`settling${number}`, ports, clock); number += 1)
      await this.write(`settling${number}`, "done");
  }

  /** Errors that writers threw: a writer reports a failure in its answer, and throws nothing. */
  get faults(): readonly unknown[] {
    const outcomes = [...this.#runs.values()].map(({ actor }) => actor.outcome);
    return outcomes.flatMap((outcome) => (outcome?.status === "rejected" ? [outcome.reason] : []));
  }

  async #reconcile(batch: readonly Message[], ports: Ports): Promise<void> {
    const done = await reconcileMessages(batch, ROLE, ports);
    this.#messages = this.#messages.filter(({ receipt }) => !done.has(receipt));
  }

  #portsOf(runOf: () => Run, gate: (name: string) => Promise<void>, ports: WriterPorts, clock: Clock): Ports {
    return {
      ...ports,
      clock,
      roles: {
        snapshot: async (role, nowSeconds) => {
          await gate("snapshot");
          this.#snapshots += 1;
          runOf().snapshot = this.#snapshots;
          await this.#events.onSnapshot(this.#snapshots);
          return ports.roles.snapshot(role, nowSeconds);
        },
      },
      revocations: {
        read: async () => {
          await gate("read");
          return { ours: this.policyInForce, foreign: [] };
        },
        write: (_, text, untilMs) =>
          writeUntilKnown(
            async () => {
              await gate("send");
              await this.#send(runOf(), text, untilMs);
            },
            async () => undefined,
          ),
      },
      messages: {
        postpone: async (receipt, seconds) => {
          await gate("take");
          const message = this.#messages.find((each) => each.receipt === receipt);
          if (!message || message.visibleAtMs <= this.#events.nowMs()) throw new Error("MessageNotInflight");
          message.visibleAtMs = this.#events.nowMs() + seconds * 1_000;
        },
      },
      log: { write: () => undefined },
      pause: async () => undefined,
      reconciled: new Map(),
    };
  }

  /** Meets the run's fate. The first attempt of a run decides it: all further attempts are lost. */
  async #send(run: Run, text: string | undefined, untilMs: number): Promise<void> {
    const { fate } = run;
    if (fate !== "done") run.fate = "lost";
    if (fate === "again" || fate === "late") run.pending = { text, untilMs };
    const isAllowed = fate === "done" || fate === "again" ? await this.#arrive(run, text, untilMs) : true;
    if (fate !== "done") throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });
    if (!isAllowed)
      throw Object.assign(new Error("denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  }

  /** IAM refuses a request that arrives after its fence. */
  async #arrive({ snapshot }: Run, text: string | undefined, untilMs: number): Promise<boolean> {
    if (this.#events.nowMs() > untilMs + IAM_CLOCK_MS) return false;
    const landed = { text, snapshot };
    this.landed.push(landed);
    await this.#events.onLanded(landed);
    return true;
  }
}
