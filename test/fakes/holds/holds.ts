import { HOLDS_READ, type Hold, type Holds, type LabelPlace } from "../../../functions/core/holds/holds.ts";
import type { FakePendingRevocations } from "../revocation/pending-revocations.ts";

const placeOf = ({ scope, holder, label }: LabelPlace): string => JSON.stringify([scope, holder, label]);

const nameOf = ({ fenceAt, task, leases, ...place }: Hold): string =>
  JSON.stringify([placeOf(place), fenceAt, task, leases?.startedAt]);

/** Fake record of the labels that keys hold, in memory. */
export class FakeHolds implements Holds {
  /** Every hold, in the order of its write. */
  readonly held: Hold[] = [];
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;
  readonly #pending: Pick<FakePendingRevocations, "isPending">;

  constructor(pending: Pick<FakePendingRevocations, "isPending">) {
    this.#pending = pending;
  }

  async latest(place: LabelPlace): Promise<readonly Hold[]> {
    await this.before("latest");
    const holds = this.held.filter((each) => placeOf(each) === placeOf(place));
    return structuredClone(holds.toSorted((a, b) => b.fenceAt - a.fenceAt).slice(0, HOLDS_READ));
  }

  async end(hold: Hold, fenceAt: number): Promise<boolean> {
    await this.before("end");
    const { leases, ...held } = hold;
    if (leases === undefined) return false;
    if (leases.names.some((name) => this.#pending.isPending({ path: hold.task, name }))) return false;
    this.#remove(hold);
    this.write([{ ...held, fenceAt }]);
    return true;
  }

  async release(holds: readonly Hold[]): Promise<void> {
    await this.before("release");
    for (const hold of holds) this.#remove(hold);
  }

  /** Writes what a transaction holds. */
  write(holds: readonly Hold[]): void {
    for (const hold of structuredClone(holds)) {
      this.#remove(hold);
      this.held.push(hold);
    }
  }

  #remove(hold: Hold): void {
    const index = this.held.findIndex((each) => nameOf(each) === nameOf(hold));
    if (index >= 0) this.held.splice(index, 1);
  }
}
