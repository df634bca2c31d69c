import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { ACCEPTANCES_READ, type SealedAcceptance } from "../../../functions/core/threat/acceptance.ts";
import type { GivenAcceptances } from "../../../functions/core/threat/acceptances.ts";
import type { DeployedThreats } from "../../../functions/core/threat/deployed-threats.ts";
import type { FakeTasks } from "../tasks/tasks.ts";
import { plainCopy } from "../world/plain-copy.ts";

/** Hashes of the deployed threat models. The tests use repeated letters in place of real ones. */
export const THREATS: DeployedThreats = {
  parts: { "team:demo": { sha256: "d".repeat(64), connectors: ["secret"] } },
  connectors: { secret: { sha256: "5".repeat(64) } },
  deployment: { deployment: { sha256: "f".repeat(64) } },
  issuers: {
    "issuer:robots": { sha256: "1".repeat(64) },
    "issuer:mesh": { sha256: "2".repeat(64) },
  },
};

/** Fake record of acceptances, in memory, with the table's conditions. The contract suite compares it with the adapter. */
export class FakeAcceptances implements GivenAcceptances {
  deployed = THREATS;
  readonly acceptances: SealedAcceptance[] = [];
  readonly #tasks: FakeTasks;
  /** Uses a sign-in in the same transaction. */
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(tasks: FakeTasks) {
    this.#tasks = tasks;
  }

  find(agent: string): Promise<readonly SealedAcceptance[]> {
    return this.read(agent);
  }

  async read(agent: string): Promise<readonly SealedAcceptance[]> {
    await this.before("read");
    return this.acceptances
      .filter((each) => each.agent === agent)
      .toSorted((one, other) => other.acceptedAt - one.acceptedAt || (one.id < other.id ? 1 : -1))
      .slice(0, ACCEPTANCES_READ)
      .map(plainCopy);
  }

  async give(acceptance: SealedAcceptance, signIn: SignIn, event: JournalEvent): Promise<void> {
    await this.before("give");
    this.useSignIn(signIn);
    if (this.acceptances.some(({ id }) => id === acceptance.id)) throw new Refusal("contended");
    this.acceptances.push(plainCopy(acceptance));
    this.#tasks.events.push(event);
  }
}
