import { identityToken } from "../identity/identity-token.ts";
import type { IdentitySource } from "../identity/source.ts";
import type { Reporter } from "../reporter.ts";
import type { Task } from "./held-task.ts";
import { prolongTask } from "./prolong-task.ts";
import { RepeatedLook } from "./repeated-look.ts";

/** Pause between two looks; milliseconds. */
const PAUSE_MS = 2_000;

/** Task for a person, with the source of the person's tokens. */
interface Watched {
  readonly url: string;
  readonly audience: string;
  readonly source: IdentitySource;
  /** Token of the person that the task was opened with. */
  readonly token: string;
  readonly task: Task;
}

/**
 * Watch over the source of a person's tokens, while a task acts for the person. Sends a new token once, so that the task's hour counts from it. A new
 * token in a file is sent at once, since somebody has signed in again. An address may return a new token each time, so it is read only once half of the
 * hour is over.
 */
export class PersonWatch {
  readonly #watched: Watched;
  readonly #report: Reporter;
  readonly #looks: RepeatedLook;
  #sent: string;
  #dueMs: number;

  constructor(watched: Watched, report: Reporter, pauseMs = PAUSE_MS) {
    this.#watched = watched;
    this.#report = report;
    this.#sent = watched.token;
    this.#dueMs = this.#nextDueMs();
    this.#looks = new RepeatedLook(() => this.#look(), pauseMs);
  }

  /** Looks now; one look at a time. After an outage, or where the source has no token, the next look tries again. */
  look(): Promise<void> {
    return this.#looks.now();
  }

  close(): void {
    this.#looks.close();
  }

  async #look(): Promise<void> {
    const { url, audience, source, task } = this.#watched;
    if (Date.now() < this.#dueMs) return;
    const token = await identityToken(source, audience).catch(() => undefined);
    if (token === undefined || token === this.#sent || this.#looks.isOver) return;
    const outcome = await prolongTask(url, task, token);
    if (outcome.kind === "later" || this.#looks.isOver) return;
    // Sends no token twice: the service would refuse a refused or used one again.
    this.#sent = token;
    if (outcome.kind === "refused") {
      const { code, sentence } = outcome;
      this.#report.warn("task_not_prolonged", `task ${task.id} keeps its deadline: ${sentence}`, {
        task: task.id,
        code,
      });
      return;
    }
    task.expiresAtMs = outcome.expiresAtMs;
    this.#dueMs = this.#nextDueMs();
    const until = new Date(task.expiresAtMs).toISOString();
    this.#report.note("task_prolonged", `task ${task.id} goes on until ${until}: its person has a new token`, {
      task: task.id,
      expires_at: until,
    });
  }

  #nextDueMs(): number {
    const { source, task } = this.#watched;
    return source.kind === "file" ? 0 : (Date.now() + task.expiresAtMs) / 2;
  }
}
