import type { AccountHalt, AccountHalts, Suspensions } from "../functions/core/escalation/account-halt.ts";
import {
  COOL_DOWN_SECONDS,
  type CoolDown,
  type CoolDowns,
  cooledUntil,
} from "../functions/core/escalation/cool-down.ts";
import type { Detection, Escalations } from "../functions/core/escalation/detection.ts";
import { REFUSALS, type RefusedUses } from "../functions/core/escalation/refused-uses.ts";
import type { TokenUse } from "../functions/core/tasks/tasks.ts";

/** Fake halts of target accounts, in memory. */
export class FakeAccountHalts implements AccountHalts {
  readonly halts = new Map<string, AccountHalt>();
  before: () => void | Promise<void> = () => undefined;

  async read(accounts: readonly string[]): Promise<readonly AccountHalt[]> {
    await this.before();
    return accounts.flatMap((account) => this.halts.get(account) ?? []);
  }

  async halt(halt: AccountHalt): Promise<void> {
    this.halts.set(halt.account, halt);
  }
}

/** Fake counts of suspensions, in memory. */
export class FakeSuspensions implements Suspensions {
  readonly #taken = new Map<string, Set<string>>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async take(rule: string, account: string, detection: string, most: number): Promise<boolean> {
    const name = `${rule} ${account} ${Math.floor(this.#nowMs() / 3_600_000)}`;
    const taken = this.#taken.get(name) ?? new Set();
    this.#taken.set(name, taken);
    if (taken.size < most) taken.add(detection);
    return taken.has(detection);
  }
}

/** Fake of the bus for detections: it records what was reported. */
export class FakeEscalations implements Escalations {
  readonly reported: Detection[] = [];
  before: () => void | Promise<void> = () => undefined;

  async report(detections: readonly Detection[]): Promise<void> {
    await this.before();
    this.reported.push(...detections);
  }
}

/** Fake cool-downs of agents, in memory. */
export class FakeCoolDowns implements CoolDowns {
  readonly coolDowns = new Map<string, CoolDown>();
  readonly #known = new Map<string, number>();
  readonly #nowMs: () => number;
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async until(agent: string): Promise<number | undefined> {
    await this.before("until");
    const until = cooledUntil(this.coolDowns.get(agent), this.#nowMs() / 1_000);
    if (until !== undefined) this.#known.set(agent, until);
    return until;
  }

  knownUntil(agent: string): number | undefined {
    const until = this.#known.get(agent);
    return until !== undefined && this.#nowMs() / 1_000 < until ? until : undefined;
  }

  async begin(coolDown: CoolDown): Promise<void> {
    await this.before("begin");
    const { at } = this.coolDowns.get(coolDown.agent) ?? {};
    if (at === undefined || at <= coolDown.at - COOL_DOWN_SECONDS) this.coolDowns.set(coolDown.agent, coolDown);
  }
}

/** Fake of refused requests, in memory. */
export class FakeRefusedUses implements RefusedUses {
  /** Calls of the store. */
  calls = 0;
  readonly #tokens = new Set<string>();
  readonly #refusals = new Map<string, number[]>();
  readonly #isUsed: (use: TokenUse) => boolean;
  readonly #nowMs: () => number;
  before: (method: string) => void | Promise<void> = () => undefined;

  /** @param isUsed true for a token that was used for a task. */
  constructor(isUsed: (use: TokenUse) => boolean, nowMs: () => number) {
    this.#isUsed = isUsed;
    this.#nowMs = nowMs;
  }

  async add(agent: string, use: TokenUse, byPolicy: boolean): Promise<boolean> {
    await this.before("add");
    this.calls += 1;
    const token = JSON.stringify([agent, use.issuer, use.id]);
    if (this.#tokens.has(token) || this.#isUsed(use)) return false;
    this.#tokens.add(token);
    if (byPolicy) this.#refusals.set(agent, [Math.floor(this.#nowMs() / 1_000), ...(this.#refusals.get(agent) ?? [])]);
    return true;
  }

  async latest(agent: string): Promise<readonly number[]> {
    await this.before("latest");
    this.calls += 1;
    return (this.#refusals.get(agent) ?? []).slice(0, REFUSALS.most);
  }
}
