import type { Need } from "./need.ts";
import type { Session } from "./sessions.ts";
import type { Answer, WireRequest } from "./wire-request.ts";

/** Parsed request of a service, before anything is decided or done. */
export interface Call {
  /** `PutItem` */
  readonly operation: string;
  /** Needs that IAM has to allow, all of them. */
  readonly needs: readonly Need[];
  /** Performs the request. Called only when every need is allowed. */
  perform(): Answer | Promise<Answer>;
}

/** Caller as a service sees it. */
export interface Caller {
  readonly session: Session;
  readonly account: string;
  readonly region: string;
  /** Decides a further need of the call, for a service that acts with its caller's rights (Athena). */
  may(need: Need): Promise<boolean>;
}

/**
 * AWS service. `open` parses a verified request and lists its needs, or refuses malformed input with a `ServiceError`.
 */
export interface Service {
  /** The name in the credential scope: `s3`. */
  readonly name: string;
  readonly format: "query" | "json" | "s3";
  open(request: WireRequest, caller: Caller): Call | Promise<Call>;
}
