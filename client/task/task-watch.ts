import { recordOf } from "./fields.ts";
import type { Task } from "./held-task.ts";
import { RepeatedLook } from "./repeated-look.ts";
import { callService } from "./service.ts";

/** Pause between two looks. Short, so that the end becomes known soon; not shorter, since each look costs a request. */
const PAUSE_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** End of a task by somebody else, or at the deadline. */
export interface EndedElsewhere {
  /** `revoked`, `completed`, `expired` or `withdrawn`. */
  readonly status: string;
  readonly by: string | undefined;
  readonly at: string | undefined;
}

/** Watch over the task of a command. Looks every half a minute, and at once on request, until the task has ended. */
export class TaskWatch {
  readonly #url: string;
  readonly #task: Pick<Task, "id" | "token">;
  readonly #onEnded: (ended: EndedElsewhere) => void;
  readonly #looks: RepeatedLook;

  /** @param onEnded called once. */
  constructor(
    url: string,
    task: Pick<Task, "id" | "token">,
    onEnded: (ended: EndedElsewhere) => void,
    pauseMs = PAUSE_MS,
  ) {
    this.#url = url;
    this.#task = task;
    this.#onEnded = onEnded;
    this.#looks = new RepeatedLook(() => this.#look(), pauseMs);
  }

  /** Looks now; one look at a time. Ignores an outage, and any answer without a status. */
  look(): Promise<void> {
    return this.#looks.now();
  }

  close(): void {
    this.#looks.close();
  }

  async #look(): Promise<void> {
    const { id, token } = this.#task;
    const answer = await callService({
      url: `${this.#url}/v1/tasks/${id}`,
      method: "GET",
      timeoutMs: TIMEOUT_MS,
      bearer: token,
    });
    const ended = endIn(recordOf(answer?.status === 200 ? answer.body : undefined));
    if (this.#looks.isOver || !ENDED.includes(ended.status)) return;
    this.close();
    this.#onEnded(ended);
  }
}

/** Reads the end of a task from the service's answer. The status is empty where the answer has none. */
export const endIn = ({ status, ended_by: by, ended_at: at }: Readonly<Record<string, unknown>>): EndedElsewhere => ({
  status: textOf(status) ?? "",
  by: textOf(by),
  at: textOf(at),
});

/** @example endedInWords("k7f3m2q9x4ab_", { status: "revoked", by: "staff|alice", at: undefined }) // "task k7f3m2q9x4ab_ was revoked by staff|alice" */
export const endedInWords = (id: string, { status, by, at }: EndedElsewhere): string =>
  `task ${id} was ${status}${by === undefined ? "" : ` by ${by}`}${at === undefined ? "" : ` at ${at}`}`;

const ENDED: readonly string[] = ["revoked", "completed", "expired", "withdrawn"];

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value.slice(0, 256) : undefined);
