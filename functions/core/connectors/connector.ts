import type { TypedDetail } from "../intent/detail.ts";
import type { JsonObject, Place } from "../intent/place.ts";
import type { Obligations } from "../policy/obligations.ts";
import type { Entity } from "../policy/query.ts";
import type { ConnectorLease } from "../tasks/connector-lease.ts";
import type { Task } from "../tasks/task.ts";
import type { ConnectorType } from "./connector-type.ts";

/** The connectors that a function has. Without one, details of its type are not understood there. */
export type Connectors = Readonly<Partial<Record<ConnectorType, Connector>>>;

/** Types of the connectors that a function has, in the order of the list that they were made of. */
export const typesOf = (connectors: Connectors): readonly ConnectorType[] => Object.keys(connectors) as ConnectorType[];

/** The connector of that type, which may be anybody's text. Nothing where the function has none. */
export function connectorOf(type: string, connectors: Connectors): Connector | undefined {
  // Looked up in the list of types: an object knows other names too, such as "constructor".
  const known = typesOf(connectors).find((each) => each === type);
  return known && connectors[known];
}

/**
 * Issues and revokes one kind of credential (docs/design.md#connectors). The order of the calls:
 * parse, describe, (policy), narrow, plan, (the lease is recorded), issue, (the lease is recorded again), ..., revoke.
 */
export interface Connector<D extends TypedDetail = TypedDetail> {
  readonly type: D["type"];
  /**
   * Whether what was issued is found by the lease's name, and so after a crash. A token is not: where its answer was lost, its lease is
   * `unknown` until `made.dies_by`. It must not be asked for twice under one lease, which would know of the second only;
   * what is found takes the place of what was issued before, so that a repeated request can be given it again.
   */
  readonly isFoundByName: boolean;
  /** The detail as typed. Asks nobody. @throws {Refusal} intent_invalid, which names the part that is wrong. */
  parse(detail: JsonObject, place: Place): D;
  /** What policy has to decide, each by itself. A question names exactly one target, never a set. */
  describe(detail: D): readonly Question[];
  /** Details that say exactly what was permitted of this one, and no question more. */
  narrow(detail: D, permitted: readonly Question[]): readonly D[];
  /** The lease as it is recorded before anything happens, under a name derived from the task. Asks nobody. */
  plan(granted: GrantedDetail<D>, task: LeaseTask, nowSeconds: number): PlannedIssue<D>;
  /**
   * The same with what has to be known of the provider before anything is recorded, where there is such. Changes nothing there.
   * @throws {Refusal} as `issue`.
   */
  prepare?(planned: PlannedIssue<D>): Promise<PlannedIssue<D>>;
  /**
   * The credential. Whatever it throws, the side effect may have happened: the lease is then revoked by its name.
   * @throws {Refusal} connector_unavailable, connector_refused, intent_invalid where a target does not exist, and the connector's own.
   */
  issue(planned: PlannedIssue<D>): Promise<IssuedCredential>;
  /** Takes back whatever was issued under the lease's name, whether or not it was confirmed. Idempotent: what is gone is revoked. */
  revoke(lease: ConnectorLease): Promise<Revocation>;
  /** What is wrong with the provider or its configuration, and how to mend it; none where all is well. */
  health(): Promise<readonly HealthFault[]>;
}

/** `unknown`: it could not be asked, or not for sure. `failed`: it said no. Both are tried again and told, never forgotten. */
export type Revocation = "revoked" | "unknown" | "failed";

/** One action on one thing, as Cedar is asked. */
export interface Question {
  /** `postgres:Select` */
  readonly action: string;
  /** Groups of actions that policies may name: `postgres:Read`. */
  readonly groups: readonly string[];
  /** As denials and the record name the resource: `orders/public.invoices`. */
  readonly target: string;
  readonly resource: Entity;
}

export interface GrantedDetail<D extends TypedDetail> {
  readonly detail: D;
  /** The detail's place in the intent. */
  readonly index: number;
  readonly terms: LeaseTerms;
}

/** On which terms policy permits it. */
export interface LeaseTerms {
  readonly obligations: Obligations;
  /** End of the hour in which policy decided, where some policy depends on the time of day; epoch seconds. */
  readonly hourEndsAt?: number;
}

export type LeaseTask = Pick<Task, "path" | "agent" | "openedAt" | "expiresAt">;

/** A lease that is about to be issued. Only the lease is recorded. */
export interface PlannedIssue<D extends TypedDetail> {
  readonly lease: ConnectorLease;
  readonly detail: D;
}

export interface IssuedCredential {
  readonly lease: ConnectorLease;
  /** For the response, and for nothing else (I8). */
  readonly credential: Readonly<Record<string, unknown>> & { readonly type: string; readonly name: string };
}

export interface HealthFault {
  /** What it is about: `orders` */
  readonly subject: string;
  readonly problem: string;
  /** What mends it: a command, or a statement of SQL. */
  readonly mend?: string;
}

/**
 * Encrypts what has to be kept to revoke. A sealed text opens for the same context only, so that it cannot be moved to another lease.
 * @see functions/core/seals/seal.ts for the format.
 */
export interface Sealer {
  /** @throws {Refusal} connector_unavailable where the key cannot be had. */
  seal(plain: string, context: string): Promise<string>;
  /** @throws {Refusal} connector_unavailable; {RangeError} where it was not sealed so. */
  open(sealed: string, context: string): Promise<string>;
}
