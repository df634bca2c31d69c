import { EventEmitter, once } from "node:events";
import type { ApiCall } from "../../emulator/api-call.ts";
import type { EmbeddedAws } from "../../emulator/embedded-aws.ts";
import { REVOCATION_POLICY } from "../../functions/names.ts";

/** The writes of the roles' revocation policies: when a key is worth trying again. Trying all the time would be most of the load. */
export class PolicyWrites {
  readonly #writes = new EventEmitter().setMaxListeners(0);
  count = 0;
  readonly #atMs = new Map<string, number[]>();

  /** For the embedded AWS's `onApiCall`. */
  see({ action, decision, resource }: ApiCall): void {
    if (action !== "iam:PutRolePolicy" || decision !== "Allowed") return;
    this.count += 1;
    this.#atMs.set(resource, [...(this.#atMs.get(resource) ?? []), performance.now()]);
    this.#writes.emit(resource);
  }

  /** From here on they count. */
  forget(): void {
    this.count = 0;
    this.#atMs.clear();
  }

  /** Of one role's policy. */
  mostInASecond(): number {
    return Math.max(
      ...[...this.#atMs.values()].flatMap((at) =>
        at.map((ms, index) => at.slice(index).filter((other) => other < ms + 1_000).length),
      ),
    );
  }

  /**
   * Resolves when the role's policy says something else about the task than it does now, or when the time is over. What it says is
   * not judged here, only that it changed: whether the key is denied is for AWS to answer.
   */
  async untilChanged(aws: EmbeddedAws, roleArn: string, path: string, withinMs: number): Promise<void> {
    const before = mentions(aws, roleArn, path);
    const signal = AbortSignal.timeout(withinMs);
    while (!signal.aborted && mentions(aws, roleArn, path) === before) {
      await once(this.#writes, roleArn, { signal }).catch(() => undefined);
      // The write is told before it is done.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function mentions(aws: EmbeddedAws, roleArn: string, path: string): string {
  const text = aws.rolePolicies(roleArn).inline[REVOCATION_POLICY] ?? "";
  return text.includes(path)
    ? text
        .split('"')
        .filter((part) => part.includes(path))
        .join()
    : "";
}
