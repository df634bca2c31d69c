import type { ProbeQueue, Watched } from "../../core/revocation/observation.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** Queue of endings for the probe. Gives up after two short attempts, since a late probe would see nothing. */
export class SqsProbes implements ProbeQueue {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url, {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    });
  }

  send(watched: readonly Watched[]): Promise<void> {
    return this.#queue.send(
      watched.map(({ path, account, role, agent, endedAtMs }) => ({
        MessageBody: JSON.stringify({ path, account, role, agent, endedAtMs }),
      })),
    );
  }
}
