import { type SignedCallLog, type SignedCalls, UNCLEAR } from "../../../functions/core/signing/signed-calls.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";

/** Fake record of signatures, in memory. */
export class FakeSignedCalls implements SignedCallLog {
  readonly of = new Map<TaskPath, readonly SignedCalls[]>();
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  async count(path: TaskPath, lease: string, operation: string | undefined, atMs: number): Promise<void> {
    const answer = this.before("count");
    if (answer) await answer;
    const all = this.of.get(path) ?? [];
    const earlier = all.find((each) => each.lease === lease);
    const name = operation ?? UNCLEAR;
    const now: SignedCalls = {
      lease,
      count: (earlier?.count ?? 0) + 1,
      lastAtMs: atMs,
      operations: new Map(earlier?.operations).set(name, (earlier?.operations.get(name) ?? 0) + 1),
    };
    this.of.set(path, [...all.filter((each) => each.lease !== lease), now]);
  }

  async list(path: TaskPath): Promise<readonly SignedCalls[]> {
    const answer = this.before("list");
    if (answer) await answer;
    return this.of.get(path) ?? [];
  }
}
