import type { AccountHalt, AccountHalts, Suspensions } from "../functions/core/escalation/account-halt.ts";
import type { Detection, Escalations } from "../functions/core/escalation/detection.ts";

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
