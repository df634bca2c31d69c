import { Worker } from "node:worker_threads";
import type { TaskPath } from "../../../functions/core/task-path.ts";

export interface SeedOf {
  /** Hub account. */
  readonly account: string;
  readonly tableName: string;
  readonly agent: string;
  readonly taskRoles: number;
  /** Endpoint of DynamoDB itself, behind the embedded AWS. */
  readonly endpoint: string;
}

/** Live task in the record, with its token. */
export interface SeededTask {
  readonly path: TaskPath;
  readonly token: string;
}

type Reply = { readonly id: number; readonly seeded?: SeededTask; readonly error?: string };

/** Writes tasks straight into the database, in its own thread, so that their cost is not measured. */
export class Seeder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #count = 0;

  constructor(of: SeedOf) {
    this.#worker = new Worker(new URL("./seeder-worker.ts", import.meta.url), {
      workerData: of,
      env: { AWS_REGION: "us-east-1" },
    });
    this.#worker.on("message", (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  async next(): Promise<SeededTask> {
    this.#count += 1;
    const id = this.#count;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#worker.postMessage(id);
    const { seeded, error } = await reply;
    if (!seeded) throw new Error(`a task could not be written: ${error}`);
    return seeded;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
