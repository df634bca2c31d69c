import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { FUNCTIONS } from "../contract/names.ts";
import type { Prefixed } from "../functions/hub-names.ts";
import type { SteadyName } from "../functions/names.ts";
import { ROUTES } from "../functions/routes.ts";
import type { Config } from "./config/schema.ts";
import type { HubBus } from "./constructs/paths/hub-bus.ts";
import type { NotificationPath } from "./constructs/paths/notification-path.ts";
import type { UsePath } from "./constructs/paths/use-path.ts";
import type { DeadlineQueue } from "./constructs/queues/deadline-queue.ts";
import type { LeaseRevocationQueue } from "./constructs/queues/lease-revocation-queue.ts";
import type { ProbeQueue } from "./constructs/queues/probe-queue.ts";
import type { RecheckQueue } from "./constructs/queues/recheck-queue.ts";
import type { RevocationQueue } from "./constructs/queues/revocation-queue.ts";
import type { HubFunctions } from "./hub-function-set.ts";

/** Functions that answer requests. Failures become answers, so that Lambda's own error metric seldom counts one. */
export const ANSWERING = FUNCTIONS.filter((each): each is SteadyName =>
  ROUTES.some((route) => route.function === each),
);

/** Resources to watch. */
export interface WatchProps {
  readonly hub: Prefixed;
  readonly functions: HubFunctions;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocations: LeaseRevocationQueue;
  readonly rechecks: RecheckQueue;
  readonly probes: ProbeQueue;
  readonly deadlines: DeadlineQueue;
  readonly notifications: NotificationPath;
  readonly uses: UsePath;
  readonly bus: HubBus;
  readonly api: HttpApi;
  /** True where a SIEM gets the journal's events. */
  readonly siem: boolean;
  /** Organisation of the target accounts, from the configuration. */
  readonly organization: Config["organization"];
  /** Receivers of alarms, from the configuration. */
  readonly receivers: Config["alarms"];
}
