import { EventEmitter, once } from "node:events";
import { REVOCATION_POLICY } from "../../../functions/names.ts";
import type { ApiCall } from "../../../local/emulator/api-call.ts";
import type { EmbeddedAws } from "../../../local/emulator/embedded-aws.ts";

/**
 * Writes of the roles' revocation policies. After a write a key is tried again: constant attempts would be most of the
 * load.
 */
export class PolicyWrites {
  readonly #writes = new EventEmitter().setMaxListeners(0);
  count = 0;
  readonly #atMs = new Map<string, number[]>();

  /** Records a call; for the embedded AWS's `onApiCall`. */
  see({ action, decision, resource }: ApiCall): void {
    if (action !== "iam:PutRolePolicy" || decision !== "Allowed") return;
    this.count += 1;
    this.#atMs.set(resource, [...(this.#atMs.get(resource) ?? []), performance.now()]);
    this.#writes.emit(resource);
  }

  /** Restarts the count. */
  forget(): void {
    this.count = 0;
    this.#atMs.clear();
  }

  /** Returns the most writes of one role's policy within a second. */
  mostInASecond(): number {
    return Math.max(
      ...[...this.#atMs.values()].flatMap((at) =>
        at.map((ms, index) => at.slice(index).filter((other) => other < ms + 1_000).length),
      ),
    );
  }

  /**
   * Waits until the role's policy changes for the task, or the time is over. The policy's content is not judged, since
   * only AWS's answer to the key proves a denial.
   */
  async untilChanged(aws: EmbeddedAws, roleArn: string, path: string, withinMs: number): Promise<void> {
    const before = mentions(aws, roleArn, path);
    const signal = AbortSignal.timeout(withinMs);
    while (!signal.aborted && mentions(aws, roleArn, path) === before) {
      await once(this.#writes, roleArn, { signal }).catch(() => undefined);
      // The call is reported before the write is done.
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
