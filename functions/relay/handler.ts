import { randomBytes } from "node:crypto";
import { EventBridgeBus } from "../adapters/eventbridge/eventbridge-bus.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { SqsDeadlines } from "../adapters/sqs/sqs-deadlines.ts";
import { SqsLeaseRevocationQueue } from "../adapters/sqs/sqs-lease-revocation-queue.ts";
import { SqsNotificationQueue } from "../adapters/sqs/sqs-notification-queue.ts";
import { SqsProbes } from "../adapters/sqs/sqs-probes.ts";
import { SqsRechecks } from "../adapters/sqs/sqs-rechecks.ts";
import { SqsRevocationQueue } from "../adapters/sqs/sqs-revocation-queue.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import type { StreamEvent } from "./changes.ts";
import { relay } from "./relay.ts";

const env = readEnv("relay");
const ports = {
  deployment: readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT)),
  revocationQueue: new SqsRevocationQueue(env.VALETKEY_REVOCATION_QUEUE_URL),
  leaseRevocationQueue: new SqsLeaseRevocationQueue(env.VALETKEY_LEASE_REVOCATION_QUEUE_URL),
  probeQueue: new SqsProbes(env.VALETKEY_PROBES_URL),
  random: { bytes: (count: number) => randomBytes(count) },
  deadlines: new SqsDeadlines(env.VALETKEY_DEADLINES_URL, { nowMs: () => Date.now() }),
  notificationQueue: new SqsNotificationQueue(env.VALETKEY_NOTICES_URL),
  recheckQueue: new SqsRechecks(env.VALETKEY_RECHECKS_URL),
  bus: new EventBridgeBus(env.VALETKEY_BUS),
  log: stdoutLog,
};

export const handler = (event: StreamEvent) => relay(event, ports);
