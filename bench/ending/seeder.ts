import { Worker } from "node:worker_threads";
import type { TaskPath } from "../../functions/core/tasks/path.ts";

export interface SeedOf {
  /** The hub's. */
  readonly account: string;
  readonly tableName: string;
  readonly agent: string;
  readonly taskRoles: number;
  /** Of DynamoDB itself, behind the embedded AWS. */
  readonly endpoint: string;
}

/** A task that is alive in the record, and the token that holds it. */
export interface SeededTask {
  readonly path: TaskPath;
  readonly token: string;
}

type Told = { readonly id: number; readonly seeded?: SeededTask; readonly error?: string };

/** Writes tasks into the record, straight into the database and in a thread of its own: what it costs is no part of what is measured. */
export class Seeder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #asked = 0;

  constructor(of: SeedOf) {
    this.#worker = new Worker(new URL("./seeder-worker.ts", import.meta.url), {
      workerData: of,
      env: { AWS_REGION: "us-east-1" },
    });
    this.#worker.on("message", (told: Told) => {
      this.#waiting.get(told.id)?.(told);
      this.#waiting.delete(told.id);
    });
  }

  async next(): Promise<SeededTask> {
    this.#asked += 1;
    const id = this.#asked;
    const told = new Promise<Told>((resolve) => this.#waiting.set(id, resolve));
    this.#worker.postMessage(id);
    const { seeded, error } = await told;
    if (!seeded) throw new Error(`a task could not be written: ${error}`);
    return seeded;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
