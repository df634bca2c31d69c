import { agentId } from "../../contract/agent-id.ts";
import { writeUntilKnown } from "../../functions/adapters/iam/write-until-known.ts";
import type { HaltedAgent } from "../../functions/core/revocation/halt.ts";
import type { RoleEntry } from "../../functions/core/revocation/role-entry.ts";
import { whole } from "../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import type { ReconcileBatchPorts } from "../../functions/reconcile/reconcile-batch.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../../infra/hub-scope.ts";
import { FakePolicyWrites } from "../fakes/revocation/policy-writes.ts";
import { ACCOUNT, DEPLOYMENT } from "../fakes/world/world.ts";
import { reconcileMessages } from "./reconcile-messages.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Outcome of one request that writes a policy. `ms`: delay of its arrival, or of its writer. */
export type Fate =
  | {
      readonly is:
        | "well"
        | "cut before"
        | "cut after"
        | "silent"
        | "busy"
        | "fails"
        | "refused"
        | "dies before"
        | "dies after";
    }
  | { readonly is: "late" | "stalls" | "late, and its writer dies"; readonly ms: number };

interface Message {
  readonly sentAtMs: number;
  receipt: string;
  receives: number;
  visibleAtMs: number;
}

const ROLE = { account: ACCOUNT, role: "valetkey-task-0" };
/**
 * Milliseconds. `clockMs`: most that IAM's clock differs from a writer's estimate of it. `takesMs`: time that IAM takes
 * for an admitted request.
 */
const IAM = { clockMs: 1_000, takesMs: 900 } as const;

/**
 * One task role with its record, its queue of reconciliations and any number of writers. IAM loses, delays and finally
 * applies the writers' requests.
 */
export class LossyRole {
  /** Every text that IAM applied, with its time. Undefined text: the policy was deleted. */
  readonly landed: { readonly atMs: number; readonly text: string | undefined }[] = [];
  readonly endings = new Map<TaskPath, number>();
  readonly #time: VirtualTime;
  readonly #fates: Fate[];
  readonly #reads: number[];
  readonly #entries: RoleEntry[] = [];
  readonly #halts = new Map<string, HaltedAgent>();
  readonly #policyWrites = new FakePolicyWrites();
  readonly #reconciled = new Map<string, number>();
  #messages: Message[] = [];
  #receipts = 0;

  /**
   * @param fates of the requests that write, in their order. Later requests go well. @param reads milliseconds of each
   * read of the policy.
   */
  constructor(time: VirtualTime, fates: readonly Fate[], reads: readonly number[] = []) {
    this.#time = time;
    this.#fates = [...fates];
    this.#reads = [...reads];
  }

  get policyInForce(): string | undefined {
    return this.landed.at(-1)?.text;
  }

  end(path: TaskPath): void {
    const at = Math.floor(this.#time.nowMs / 1_000);
    const times = { openedAt: at - 60, startedAt: at - 60, fenceAt: at + 3_600, endedAt: at };
    this.#entries.push({ path, agent: agentId("demo"), ...times });
    this.endings.set(path, this.#time.nowMs);
    this.ask();
  }

  suspend(agent: string): void {
    this.#halts.set(agent, { agent: agentId(agent), at: Math.floor(this.#time.nowMs / 1_000), by: "alice" });
    this.ask();
  }

  resume(agent: string): void {
    this.#halts.delete(agent);
    this.ask();
  }

  /** Requests a reconciliation, as the relay does, and the sweep each minute. */
  ask(): void {
    this.#time.at(this.#time.nowMs + 100, () => {
      this.#messages.push({ sentAtMs: this.#time.nowMs, receipt: "", receives: 0, visibleAtMs: 0 });
      this.#deliver();
    });
  }

  /** A group delivers nothing while one of its messages is in flight. */
  #deliver(): void {
    const nowMs = this.#time.nowMs;
    if (this.#messages.some(({ visibleAtMs }) => visibleAtMs > nowMs)) return;
    // A message that failed five times is dropped.
    this.#messages = this.#messages.filter(({ receives }) => receives < 5);
    const batch = this.#messages.slice(0, 10);
    for (const message of batch) {
      this.#receipts += 1;
      message.receipt = `r${this.#receipts}`;
      message.receives += 1;
      this.#hide(message, REVOCATION_HIDDEN_SECONDS);
    }
    if (batch.length > 0) void this.#run(batch.map((message) => ({ ...message, message })));
  }

  #hide(message: Message, seconds: number): void {
    message.visibleAtMs = this.#time.nowMs + seconds * 1_000;
    this.#time.at(message.visibleAtMs, () => this.#deliver());
  }

  async #run(batch: readonly (Message & { readonly message: Message })[]): Promise<void> {
    const done = await reconcileMessages(batch, ROLE, this.#ports());
    // A receipt removes nothing once its message was delivered again.
    this.#messages = this.#messages.filter(({ receipt }) => !done.has(receipt));
    this.#deliver();
  }

  #ports(): ReconcileBatchPorts {
    const time = this.#time;
    return {
      deployment: DEPLOYMENT,
      roles: {
        snapshot: async () => {
          await time.sleep(10);
          return whole([...this.#entries]);
        },
      },
      halts: { list: async () => [...this.#halts.values()] },
      panics: { read: async () => undefined, isKnown: () => false, change: async () => undefined },
      loads: { report: async () => undefined, reportFailure: async () => undefined },
      policyWrites: this.#policyWrites,
      revocations: {
        read: async () => {
          await time.sleep(this.#reads.shift() ?? 30);
          return { ours: this.policyInForce, foreign: [] };
        },
        write: (_, text, untilMs) =>
          writeUntilKnown(
            () => this.#send(text, untilMs),
            (ms) => time.sleep(ms),
          ),
      },
      messages: {
        postpone: async (receipt, seconds) => {
          await time.sleep(5);
          const message = this.#messages.find((each) => each.receipt === receipt);
          if (!message || message.visibleAtMs <= time.nowMs) throw new Error("MessageNotInflight");
          this.#hide(message, seconds);
        },
      },
      clock: { nowMs: () => time.nowMs },
      log: { write: () => undefined },
      pause: (ms) => time.sleep(ms),
      reconciled: this.#reconciled,
    };
  }

  async #send(text: string | undefined, untilMs: number): Promise<void> {
    const time = this.#time;
    const fate: Fate = this.#fates.shift() ?? { is: "well" };
    if (fate.is === "stalls") await time.sleep(fate.ms);
    await time.sleep(20);
    if (fate.is === "busy") throw answered("Throttling", 400);
    if (fate.is === "refused") throw answered("AccessDenied", 403);
    if (fate.is === "fails") throw answered("ServiceFailure", 500);
    if (fate.is === "silent") await time.sleep(2_000);
    if (fate.is === "dies before") await new Promise(() => undefined);
    if (fate.is === "cut before" || fate.is === "silent") throw noAnswer();
    if (fate.is === "late" || fate.is === "late, and its writer dies") {
      time.at(time.nowMs + fate.ms, () => this.#arrive(text, untilMs));
      if (fate.is !== "late") await new Promise(() => undefined);
      throw noAnswer();
    }
    const isAllowed = this.#arrive(text, untilMs);
    if (fate.is === "dies after") await new Promise(() => undefined);
    if (fate.is === "cut after") throw noAnswer();
    await time.sleep(IAM.takesMs + 10);
    if (!isAllowed) throw answered("AccessDenied", 403);
  }

  /** IAM admits or refuses a request on its arrival, and applies it a little later. */
  #arrive(text: string | undefined, untilMs: number): boolean {
    const isAllowed = this.#time.nowMs <= untilMs + IAM.clockMs;
    if (isAllowed)
      this.#time.at(this.#time.nowMs + IAM.takesMs, () => this.landed.push({ atMs: this.#time.nowMs, text }));
    return isAllowed;
  }
}

const noAnswer = (): Error => Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });
const answered = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
