import type { TaskPath } from "./path.ts";
import type { Lease } from "./task.ts";

export interface SessionRequest {
  readonly account: string;
  readonly role: string;
  readonly path: TaskPath;
  readonly agent: string;
  /** The session policy. */
  readonly policy: string;
  /** 900 to 3,600. */
  readonly durationSeconds: number;
  /** When the call was begun, as the record has it; epoch seconds. */
  readonly startedAt: number;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By STS's clock; epoch seconds. */
  readonly issuedAt: number;
  /** How much of the size that STS allows a session token this one takes, in per cent, where STS says so. */
  readonly tokenPercent?: number;
}

export interface Sessions {
  /** @throws {Refusal} intent_too_large, sts_refused, sts_unavailable. */
  assume(request: SessionRequest): Promise<Session>;
  /** True where STS told this process a moment ago that it is asked for too much. Asks nobody. */
  isBusy(): boolean;
}

/** Sessions that this process issued in the last ten seconds, for SDKs that ask again at once. Never across tasks. */
export interface RecentSessions {
  find(path: TaskPath, lease: Lease): Session | undefined;
  keep(path: TaskPath, lease: Lease, session: Session): void;
}
