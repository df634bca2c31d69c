import type { AccountId } from "../../../functions/core/deployment/account-id.ts";
import type {
  AccountHalt,
  AccountHalts,
  AccountLift,
  Suspensions,
} from "../../../functions/core/escalation/account-halt.ts";
import {
  COOL_DOWN_SECONDS,
  type CoolDown,
  type CoolDowns,
  cooledUntil,
} from "../../../functions/core/escalation/cool-down.ts";
import type { Detection, Escalations } from "../../../functions/core/escalation/detection.ts";
import type { Pause, Pauses } from "../../../functions/core/escalation/pause.ts";
import { REFUSALS, type RefusedUses } from "../../../functions/core/escalation/refused-uses.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { TokenUse } from "../../../functions/core/tasks/tasks.ts";
import { CheckedEvents } from "../checked-events.ts";

/** Fake halts of target accounts, in memory. */
export class FakeAccountHalts implements AccountHalts {
  readonly events: JournalEvent[] = new CheckedEvents();
  readonly halts = new Map<string, AccountHalt>();
  readonly lifts = new Map<string, AccountLift>();
  /** Marks a sign-in as used for an act; the world has one list of them. */
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(accounts: readonly AccountId[]): Promise<readonly AccountHalt[]> {
    await this.before("read");
    return accounts.flatMap((account) => this.halts.get(account) ?? []);
  }

  async list() {
    await this.before("list");
    return { halts: [...this.halts.values()], lifts: [...this.lifts.values()] };
  }

  async latestLift(account: AccountId): Promise<AccountLift | undefined> {
    await this.before("latestLift");
    return this.lifts.get(account);
  }

  async halt(halt: AccountHalt, event?: JournalEvent): Promise<void> {
    await this.before("halt");
    this.halts.set(halt.account, halt);
    if (event) this.events.push(event);
  }

  async lift(halt: AccountHalt, lift: AccountLift, event: JournalEvent, signIn?: SignIn): Promise<void> {
    await this.before("lift");
    const current = this.halts.get(halt.account);
    if (!current || current.at !== halt.at || current.by !== halt.by) throw new Refusal("contended");
    this.useSignIn(signIn);
    this.halts.delete(halt.account);
    this.lifts.set(lift.account, lift);
    this.events.push(event);
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
    const detections = this.#taken.get(name) ?? new Set();
    this.#taken.set(name, detections);
    if (detections.size < most) detections.add(detection);
    return detections.has(detection);
  }
}

/** Fake of the bus for detections, which records them. */
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

/** Fake pauses of agents for parties, in memory. */
export class FakePauses implements Pauses {
  /** Pauses under the agent and the party, with a space between. */
  readonly pauses = new Map<string, Pause>();
  before: (method: string) => void | Promise<void> = () => undefined;

  async find(agent: string, party: string): Promise<Pause | undefined> {
    await this.before("find");
    return this.pauses.get(`${agent} ${party}`);
  }

  async list(agent: string): Promise<readonly Pause[]> {
    await this.before("list");
    return [...this.pauses.values()].filter((pause) => pause.agent === agent);
  }

  async begin(pause: Pause): Promise<void> {
    await this.before("begin");
    const name = `${pause.agent} ${pause.party}`;
    const { at } = this.pauses.get(name) ?? {};
    if (at === undefined || at < pause.at) this.pauses.set(name, pause);
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
