import type { ConnectorType } from "../deployment/connector-type.ts";
import type { TypedDetail } from "../intent/detail.ts";
import { type DetailReader, typesOf } from "../intent/detail-reader.ts";
import type { ConnectorLease } from "../tasks/connector-lease.ts";
import type { LeaseTerms } from "../tasks/lease-deadline.ts";
import type { Task } from "../tasks/task.ts";

/** Connectors of a function, by type. A detail whose type is missing is refused. */
export type Connectors = Readonly<Partial<Record<ConnectorType, Connector>>>;

/** Finds the connector of a type; undefined where the function has none. @param type untrusted text. */
export function connectorOf(type: string, connectors: Connectors): Connector | undefined {
  // Searches the list of types, since an object inherits further names, such as "constructor".
  const known = typesOf(connectors).find((each) => each === type);
  return known && connectors[known];
}

/**
 * Connector: issues and revokes one kind of credential (docs/design.md#connectors).
 * Order of the calls: parse, describe, (policy decides), narrow, plan, prepare, (the lease is recorded), issue, (the
 * lease is confirmed), ..., revoke.
 */
export interface Connector<D extends TypedDetail = TypedDetail> extends DetailReader<D> {
  /**
   * True where the provider finds a credential by the lease's name, even after a crash. A repeated issue then replaces
   * the earlier credential, so a repeated request can get one again.
   * False for tokens. Where the provider's response was lost, the lease is `unknown` until `made.dies_by`. A second
   * token under the same lease would be the only one recorded, so none is issued.
   */
  readonly isFoundByName: boolean;
  /** Makes the lease that is recorded before the credential is issued, under a name derived from the task. Sends no request. */
  plan(granted: GrantedDetail<D>, task: LeaseTask, nowSeconds: number): PlannedIssue<D>;
  /**
   * Adds facts that only the provider knows to a planned lease, before it is recorded. Changes nothing at the provider.
   * @throws {Refusal} as `issue`.
   */
  prepare?(planned: PlannedIssue<D>): Promise<PlannedIssue<D>>;
  /**
   * Issues the credential, which may exist at the provider even when the call throws. The caller then revokes the lease
   * by its name.
   * @throws {Refusal} connector_unavailable, connector_refused, intent_invalid where a target does not exist, and the
   * connector's own refusals.
   */
  issue(planned: PlannedIssue<D>): Promise<IssuedCredential>;
  /** Revokes every credential under the lease's name, confirmed or not. Idempotent: a credential that is gone is `revoked`. */
  revoke(lease: ConnectorLease): Promise<Revocation>;
  /** Lists faults of the provider or its configuration, each with its remedy. */
  health(): Promise<readonly HealthFault[]>;
}

/** Outcome of a revocation. `unknown`: the provider gave no certain answer. `failed`: it refused. Both are retried and reported, never dropped. */
export type Revocation = "revoked" | "unknown" | "failed";

/** Detail that policy has permitted. */
export interface GrantedDetail<D extends TypedDetail> {
  readonly detail: D;
  /** Index of the detail in the intent. */
  readonly index: number;
  readonly terms: LeaseTerms;
}

/** Fields of the task that a connector may use. */
export type LeaseTask = Pick<Task, "path" | "agent" | "openedAt" | "expiresAt">;

/** Lease to be issued, with its detail. Only the lease is recorded. */
export interface PlannedIssue<D extends TypedDetail> {
  readonly lease: ConnectorLease;
  readonly detail: D;
}

/** Issued lease with its credential. */
export interface IssuedCredential {
  readonly lease: ConnectorLease;
  /** Credential for the response alone: never stored or logged (I8). */
  readonly credential: Readonly<Record<string, unknown>> & {
    readonly type: string;
    readonly name: string;
    readonly expires_at: string;
  };
}

/** Fault of a provider, or of its configuration. */
export interface HealthFault {
  /** Name of the faulty object: `orders`. */
  readonly subject: string;
  readonly problem: string;
  /** Remedy: a command, or an SQL statement. */
  readonly mend?: string;
}

/**
 * Encrypts secrets that a later revocation needs. A sealed text opens for the same context only, so it cannot be moved
 * to another lease.
 * @see functions/core/seals/seal.ts for the format.
 */
export interface Sealer {
  /** Encrypts a text. @throws {Refusal} connector_unavailable where the key cannot be read. */
  seal(plain: string, context: string): Promise<string>;
  /** Decrypts a sealed text. @throws {Refusal} connector_unavailable. @throws {RangeError} for a text not sealed for that context. */
  open(sealed: string, context: string): Promise<string>;
}
