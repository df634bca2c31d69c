import type { IssuedLease } from "../../connectors/aws/issue-sessions.ts";
import type { IssuedCredential } from "../../core/connectors/connector.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { Denial } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import type { TaskPath } from "../../core/tasks/path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { RenewNeeds } from "./renew-lease.ts";

declare const recorded: unique symbol;

/** A task that stands in the record, with sessions that nobody has been given yet. */
export interface OpenedTask {
  readonly [recorded]: true;
  readonly task: Task;
  /** `vk_...`: in no record, in no log; the answer is the only place for it. */
  readonly token: string;
  readonly leases: readonly IssuedLease[];
  /** What connectors have issued. */
  readonly connected: readonly IssuedCredential[];
  /** What they issued for an earlier answer to the same request, and cannot issue again. */
  readonly kept?: readonly ConnectorLease[];
  /** What a narrow request was not granted. */
  readonly denials: readonly Denial[];
  /** Whether it was opened just now: nobody else holds it. */
  readonly isNew: boolean;
}

/** What the agent asked for beside its intent. */
export interface Opening {
  readonly purpose: string;
  readonly ttlSeconds: number;
  readonly idempotencyKey?: string;
  readonly requestHash: string;
  /** The withdrawn task of an earlier try of the same request. */
  readonly replaces?: TaskPath;
  readonly sourceIp: string;
  readonly requestId: string;
}

export type OpenNeeds = RenewNeeds & Pick<SealingPorts, "connectors">;

/** Names of what was issued: `aws-0`, `postgres-1`. */
export const leaseNames = ({ leases, connected }: Pick<OpenedTask, "leases" | "connected">): readonly string[] =>
  [...leases, ...connected].map(({ lease }) => lease.name);
