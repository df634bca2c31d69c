import { defined } from "../../../functions/core/defined.ts";
import type { Session, SessionRequest, Sessions } from "../../../functions/core/tasks/sessions.ts";

/** Secret that must appear only in the answer to its requester. */
export const CANARY_SECRET = "canary-secret-access-key-7Qz";

/** Returns the access key of the session with that number, from 1. */
export const fakeKey = (count: number): string => `ASIAFAKE${String(count).padStart(12, "0")}`;

/** Fake STS that issues every requested session and records the requests. */
export class FakeSessions implements Sessions {
  readonly asked: SessionRequest[] = [];
  readonly #nowMs: () => number;
  /** Size of the tokens as STS reports it; absent by default. */
  tokenPercent?: number;
  before: (request: SessionRequest) => void | Promise<void> = () => undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** True where STS has throttled this process. */
  busy = false;

  isBusy(): boolean {
    return this.busy;
  }

  async assume(request: SessionRequest): Promise<Session> {
    await this.before(request);
    this.asked.push(request);
    return {
      accessKeyId: fakeKey(this.asked.length),
      secretAccessKey: CANARY_SECRET,
      sessionToken: `canary-session-token-${this.asked.length}`,
      issuedAt: Math.floor(this.#nowMs() / 1_000),
      ...defined({ tokenPercent: this.tokenPercent }),
    };
  }
}
