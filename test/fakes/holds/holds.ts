import type { Hold, Holds, LabelPlace } from "../../../functions/core/holds/holds.ts";

const placeOf = ({ scope, holder, label }: LabelPlace): string => JSON.stringify([scope, holder, label]);

/** Fake record of the labels that keys hold, in memory. */
export class FakeHolds implements Holds {
  /** Every hold, in the order of its write. */
  readonly held: Hold[] = [];
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  async latest(place: LabelPlace): Promise<number | undefined> {
    await this.before("latest");
    const fences = this.held.filter((each) => placeOf(each) === placeOf(place)).map(({ fenceAt }) => fenceAt);
    return fences.length === 0 ? undefined : Math.max(...fences);
  }

  async release(holds: readonly Hold[]): Promise<void> {
    await this.before("release");
    for (const hold of holds) {
      const index = this.held.findIndex(
        (each) => placeOf(each) === placeOf(hold) && each.fenceAt === hold.fenceAt && each.task === hold.task,
      );
      if (index >= 0) this.held.splice(index, 1);
    }
  }

  /** Writes what a transaction holds. */
  write(holds: readonly Hold[]): void {
    this.held.push(...structuredClone(holds));
  }
}
