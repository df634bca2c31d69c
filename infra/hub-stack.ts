import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { personTagSecret, recordKeySecret } from "../functions/hub-names.ts";
import type { HubScope } from "./arns.ts";
import type { Config } from "./config/schema.ts";
import { ConsoleDoor } from "./constructs/functions/console-door.ts";
import { FrontDoor } from "./constructs/functions/front-door.ts";
import { hubFunctions } from "./constructs/functions/hub-functions.ts";
import { HubBus } from "./constructs/paths/hub-bus.ts";
import { IntakePath } from "./constructs/paths/intake-path.ts";
import { NotificationPath } from "./constructs/paths/notification-path.ts";
import { RevocationPath } from "./constructs/paths/revocation-path.ts";
import { RotationPath } from "./constructs/paths/rotation-path.ts";
import { UsePath } from "./constructs/paths/use-path.ts";
import { DeadlineQueue } from "./constructs/queues/deadline-queue.ts";
import { LeaseRevocationQueue } from "./constructs/queues/lease-revocation-queue.ts";
import { ProbeQueue } from "./constructs/queues/probe-queue.ts";
import { RecheckQueue } from "./constructs/queues/recheck-queue.ts";
import { RevocationQueue } from "./constructs/queues/revocation-queue.ts";
import { Archive } from "./constructs/stores/archive.ts";
import { GeneratedKey } from "./constructs/stores/generated-key.ts";
import { sessionsKey } from "./constructs/stores/sessions-key.ts";
import { TaskTable } from "./constructs/stores/task-table.ts";
import { Board } from "./constructs/watch/board.ts";
import { LogMetrics } from "./constructs/watch/log-metrics.ts";
import { Watch } from "./constructs/watch/watch.ts";
import { queuePolicy } from "./foreign-principals.ts";
import { hubScopeOf } from "./hub-scope.ts";
import { DEPLOYMENT_HASH_OUTPUT } from "./hub-stack-outputs.ts";

/** Properties of a hub. */
export interface HubStackProps extends StackProps {
  readonly config: Config;
  /** Directory of the checked configuration and policies, shipped with the functions that decide. */
  readonly deploymentDir: string;
  /** Directory of the built console. */
  readonly consoleDir: string;
  /** Hash of `deploymentDir`'s content, which each decision's record names. */
  readonly deploymentHash: string;
}

/** Stack of the hub: the API, the console, one function for each level of trust, the table, the paths of revocations, events and rotations, the alarms. */
export class HubStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, deploymentDir, consoleDir, deploymentHash, ...props }: HubStackProps,
  ) {
    super(scope, id, { ...props, env: config.hub });
    const hub = hubScopeOf(config);
    const table = new TaskTable(this, "Tasks", hub, config.table);
    new GeneratedKey(this, "Signet", hub, {
      secretName: recordKeySecret(hub),
      description: "valetkey: key that seals task records; only the exchange reads it",
    });
    new GeneratedKey(this, "PersonTags", hub, {
      secretName: personTagSecret(hub),
      description: "valetkey: key of people's pseudonyms in session tags; only the exchange reads it",
    });
    const revocationQueue = new RevocationQueue(this, "Revocations", hub);
    const leaseRevocations = new LeaseRevocationQueue(this, "LeaseRevocations", hub);
    const rechecks = new RecheckQueue(this, "Rechecks", hub);
    const probes = new ProbeQueue(this, "Probes", hub);
    const deadlines = new DeadlineQueue(this, "Deadlines", hub);
    const notifications = new NotificationPath(this, "Notices", hub);
    const bus = new HubBus(this, "EventBus", hub);
    const archive = new Archive(this, "Archive", hub, config);
    sessionsKey(this, hub);
    const uses = new UsePath(this, "Uses", hub, bus);
    const functions = hubFunctions(this, {
      scope: hub,
      table,
      revocationQueue,
      leaseRevocations,
      rechecks,
      deadlines,
      notifications,
      probes,
      bus,
      archive,
      deploymentDir,
      consoleDir,
    });
    const { sweep, intake, relay, reconcile, rotate } = functions;
    new RevocationPath(this, "RevocationPath", {
      hub,
      table,
      revocationQueue,
      sweep,
      relay,
      reconcile,
    });
    leaseRevocations.feed(functions["revoke-leases"]);
    deadlines.feed(functions["revoke-leases"]);
    rechecks.feed(functions.recheck);
    probes.feed(functions.probe);
    notifications.feed(functions.notify);
    uses.feed(functions.observe);
    archive.feed(table, functions.collect, functions.archive, hub.siem ?? false);
    if (hub.anchor) archive.compare(functions.journal);
    const { exchange, observe, signals } = functions;
    const senders = [relay, exchange, observe, ...(signals ? [signals] : [])];
    new IntakePath(this, "IntakePath", { hub, bus, intake, senders });
    new RotationPath(this, "RotationPath", { hub, rotate });
    const { api } = new FrontDoor(this, "FrontDoor", hub, functions, config.console);
    new ConsoleDoor(this, "ConsoleDoor", hub, functions.console);
    const { topic, alarms } = new Watch(this, "Watch", {
      hub,
      functions,
      revocationQueue,
      leaseRevocations,
      rechecks,
      deadlines,
      notifications,
      uses,
      probes,
      bus,
      api,
      siem: hub.siem ?? false,
      organization: config.organization,
      receivers: config.alarms,
    });
    new LogMetrics(this, "Metrics", hub, functions);
    guardQueues(this, hub);
    new Board(this, "Board", { hub, alarms, api, revocations: revocationQueue.queue, uses: uses.queue, functions });
    new CfnOutput(this, "AlarmTopic", {
      description: "SNS topic of all alarms: subscribe to it",
      value: topic.topicArn,
    });
    new CfnOutput(this, DEPLOYMENT_HASH_OUTPUT, {
      description: "Hash of the deployed policies and configuration, as each decision's record names it",
      value: deploymentHash,
    });
  }
}

/** Denies every queue of the stack to whoever is neither one of its functions nor an administrator. */
function guardQueues(stack: Stack, hub: HubScope): void {
  for (const queue of stack.node.findAll().filter((each) => each instanceof Queue)) {
    const { defaultChild: resource } = queue.node;
    if (!(resource instanceof CfnQueue) || resource.queueName === undefined)
      throw new Error(`${queue.node.path} has no name of its own, by which its policy could name it`);
    for (const statement of queuePolicy(resource.queueName, hub))
      queue.addToResourcePolicy(PolicyStatement.fromJson(statement));
  }
}
