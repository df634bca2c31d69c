import type { Denial } from "../../../contract/refusals.ts";
import type { IssuedLease } from "../../connectors/aws/issue-sessions.ts";
import type { IssuedCredential } from "../../core/connectors/connector.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Idempotency } from "../../core/tasks/tasks.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import type { CountingHooks } from "./count-grant.ts";
import type { RenewNeeds } from "./renew-lease.ts";
import type { TakingHooks } from "./take-labels.ts";

declare const recorded: unique symbol;

/** Recorded task with sessions that are not handed out yet. */
export interface OpenedTask {
  readonly [recorded]: true;
  readonly task: Task;
  /** Task token `vk_...`, or the presentation token of a task for one tool server. Only the answer contains it, no record and no log. */
  readonly token: string;
  readonly leases: readonly IssuedLease[];
  /** Credentials that connectors issued. */
  readonly connected: readonly IssuedCredential[];
  /** Leases that connectors issued for the first answer to the same request, and cannot issue again. */
  readonly issuedBefore?: readonly ConnectorLease[];
  /** Denied parts of a narrow request. */
  readonly denials: readonly Denial[];
  /** Granted pairs whose effect outlives the task. */
  readonly outlives: Grants["outlives"];
  /** Request that the task answers, where it has an idempotency key. */
  readonly request?: Idempotency;
  /** True for a task that this request opened: nobody else holds it. */
  readonly isNew: boolean;
}

export type OpenNeeds = RenewNeeds &
  Pick<SealingPorts, "connectors" | "coolDowns" | "budgets"> &
  CountingHooks &
  TakingHooks & {
    /** Called once the use of the request's token is recorded. From then on the request is known to be no replay. */
    readonly onUse?: () => void;
  };

/** Lists the names of the issued leases: `aws-0`, `postgres-1`. */
export const leaseNames = ({
  leases,
  connected,
}: Pick<OpenedTask, "connected"> & { readonly leases: readonly Pick<IssuedLease, "lease">[] }): readonly string[] =>
  [...leases, ...connected].map(({ lease }) => lease.name);
