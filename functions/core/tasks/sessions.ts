import type { AgentId } from "../../../contract/agent-id.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { TaskPath } from "../task-path.ts";
import type { SessionLease } from "./task.ts";

export interface SessionRequest {
  readonly account: AccountId;
  readonly role: string;
  readonly path: TaskPath;
  readonly agent: AgentId;
  /**
   * Pseudonym of the person for whom the session acts; absent where there is none, or the account does not know the
   * tag.
   */
  readonly personTag?: string;
  /** Session policy, as JSON. */
  readonly policy: string;
  /** Lifetime that the request to STS names; 900 to 3,600 seconds. */
  readonly durationSeconds: number;
  /** Start of the STS call, as recorded; epoch seconds. */
  readonly startedAt: number;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Time of issue by STS's clock; epoch seconds. */
  readonly issuedAt: number;
  /** Size of the session token in per cent of STS's limit (`PackedPolicySize`); absent where STS does not report it. */
  readonly tokenPercent?: number;
}

export interface Sessions {
  /** Assumes the task role under the session policy. @throws {Refusal} intent_too_large, sts_refused, sts_unavailable. */
  assume(request: SessionRequest): Promise<Session>;
  /** True shortly after STS throttled this process. Sends no request. */
  isBusy(): boolean;
}

/**
 * Cache of this process's sessions of the last ten seconds, for SDKs that repeat a request at once. Never shared
 * between tasks.
 */
export interface RecentSessions {
  find(path: TaskPath, lease: SessionLease): Session | undefined;
  keep(path: TaskPath, lease: SessionLease, session: Session): void;
}
