import type { Session, SessionRequest, Sessions } from "../functions/core/tasks/sessions.ts";

/** A secret that must never be seen anywhere but in the answer to the one who asked. */
export const CANARY_SECRET = "canary-secret-access-key-7Qz";

/** An STS that issues whatever it is asked for, and remembers what that was. */
export class FakeSessions implements Sessions {
  readonly asked: SessionRequest[] = [];
  readonly #nowMs: () => number;
  /** What STS says of its tokens' size; by default nothing. */
  tokenPercent?: number;
  before: (request: SessionRequest) => void | Promise<void> = () => undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** STS has said that it is asked for too much. */
  busy = false;

  isBusy(): boolean {
    return this.busy;
  }

  async assume(request: SessionRequest): Promise<Session> {
    await this.before(request);
    this.asked.push(request);
    return {
      accessKeyId: `ASIAFAKE${String(this.asked.length).padStart(12, "0")}`,
      secretAccessKey: CANARY_SECRET,
      sessionToken: `canary-session-token-${this.asked.length}`,
      issuedAt: Math.floor(this.#nowMs() / 1_000),
      ...(this.tokenPercent === undefined ? {} : { tokenPercent: this.tokenPercent }),
    };
  }
}
