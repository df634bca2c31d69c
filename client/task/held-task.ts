import type { ApprovalId } from "../../contract/approval-id.ts";
import type { Denial } from "../exit-codes.ts";
import type { Detail } from "./detail.ts";

/** Temporary credentials in the container protocol's form. */
export interface Credential {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** RFC 3339; by this machine's clock, with which SDKs compare it. */
  readonly Expiration: string;
}

/** Credential of the task for one AWS account. */
export interface NamedCredential {
  /** Name in renewals: `aws-0`. */
  readonly name: string;
  readonly account: string;
  readonly region: string | undefined;
  readonly credential: Credential;
}

/** Service for which the hub signs requests. */
export interface ServedService {
  readonly service: string;
  /** Variable by which SDKs take another address: `AWS_ENDPOINT_URL_S3`. */
  readonly variable: string;
  /** Host, with `{region}` in place of a Region where it has one. */
  readonly host: string;
}

/** Session of the task that stays in the hub, which signs requests by it. */
export interface SignedSession {
  /** Name in renewals and signatures: `aws-0`. */
  readonly name: string;
  readonly account: string;
  readonly region: string | undefined;
  /** Fence, before which the session is to be renewed; epoch milliseconds, by this machine's clock. */
  readonly expiresAtMs: number;
  readonly endpoints: readonly ServedService[];
}

/** Credential that a connector issued for the task: a login, a secret, a token. Lives as long as its lease, and is not renewed. */
export interface IssuedCredential {
  /** The connector's type: `postgres`. */
  readonly type: string;
  /** Name: `postgres-0`. */
  readonly name: string;
  /** Whole credential, as in the service's answer. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Open task, which its opener must end. */
export interface Task {
  readonly id: string;
  /** Task token: sent only to valetkey, never passed to the command, never printed. */
  readonly token: string;
  readonly status: string;
  /** Epoch milliseconds, by this machine's clock. A fresh token of the task's person moves it. */
  expiresAtMs: number;
  readonly credentials: readonly NamedCredential[];
  /** Sessions that stay in the hub, in place of credentials; absent where there are none. */
  readonly signed?: readonly SignedSession[];
  readonly issued: readonly IssuedCredential[];
  /** Granted details; absent where the answer lists none. */
  readonly granted?: readonly Detail[];
  /** Lead of this machine's clock over the service's; milliseconds, absent where it is negligible. */
  readonly aheadMs?: number;
  /** Person for whom the task acts, as `issuer|person`; absent for a task of the agent itself. */
  readonly person?: string;
  /** Parts of the request that policy does not permit, where the part that it permits sufficed. */
  readonly denials?: readonly Denial[];
  /** Request for approval that people must decide before the task gets credentials. */
  readonly approval?: Approval;
}

/** Request for approval that people decide before the task gets credentials. */
export interface Approval {
  readonly id: ApprovalId;
  readonly needed: readonly NeededVotes[];
  /** Moment from which nobody can approve any more; epoch milliseconds, by this machine's clock. */
  readonly expiresAtMs: number;
  /** Page on which people decide. */
  readonly url: string;
  /** Shortest time between two polls; seconds. */
  readonly intervalSeconds: number;
}

/** Votes of one group: the number needed, and the number cast. */
export interface NeededVotes {
  readonly group: string;
  readonly count: number;
  readonly have: number;
}
