import type { IdentitySource } from "../identity/source.ts";
import type { Delegation } from "./delegation.ts";
import type { Detail } from "./detail.ts";
import type { Approval } from "./held-task.ts";

/** Agent's OIDC token, a function that returns it for an audience, or its source. */
export type GivenIdentity = string | ((audience: string) => string | Promise<string>) | IdentitySource;

/** Request for a task. */
export interface TaskRequest {
  /** URL of valetkey; `VALETKEY_URL` by default. */
  readonly url?: string;
  /** Audience of the identity token; `url` by default. */
  readonly audience?: string;
  /** Purpose of the task; 1 to 256 characters. */
  readonly purpose: string;
  /** Details of the intent (RFC 9396): `{ type: "aws", account, actions, resources }` and so on. */
  readonly intent: readonly Detail[];
  /** Lifetime of the task; 900 seconds by default, 43,200 at most. */
  readonly ttlSeconds?: number;
  /** `narrow`: the part of the intent that policy permits suffices. `all` by default. */
  readonly mode?: "all" | "narrow";
  /** Number of tasks to request with one approval, where people must approve: `5/7d` is five within seven days. One task by default. */
  readonly standing?: string;
  /** `sign`: no key of AWS is handed out, and the hub signs each request (`task.awsConfig()`). Policy may require it. */
  readonly deliver?: "sign";
  /** The agent's OIDC token, a function that returns it for an audience, or its source; by default found as `valetkey exec` finds it. */
  readonly identity?: GivenIdentity;
  /**
   * Delegation of the task above, or its `text()`: the task is opened below that one, within what it has, and ends with it. Absent for a task of the
   * agent's own.
   */
  readonly delegation?: Delegation | string;
  /** Receives the approval that the task waits for, at the beginning and after each vote. An error thrown here withdraws the request. */
  readonly onPending?: (approval: Approval) => void;
  /** Ends the wait for people where it is aborted: withdraws the request, and `withTask` rejects. Stops no work that runs. */
  readonly signal?: AbortSignal;
  /** Receives events for a log, never a token or a credential. Without it, nothing is logged. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>) => void;
}
