import { Validations } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionName } from "../../../contract/names.ts";
import { type EnvOf, NO_SIEM } from "../../../functions/env.ts";
import { shownArchive } from "../../archive-environment.ts";
import { busArn, type HubScope, secretArn, tableArn } from "../../arns.ts";
import { CEDAR_FILE, CEDAR_MODULE } from "../../bundle-function.ts";
import type { HubFunctions } from "../../hub-function-set.ts";
import { rightsOf } from "../../rights.ts";
import { USE_BATCHES } from "../../use-batches.ts";
import type { HubBus } from "../paths/hub-bus.ts";
import { NOTIFY_TIMEOUT_SECONDS, type NotificationPath } from "../paths/notification-path.ts";
import { OBSERVE_TIMEOUT_SECONDS } from "../paths/use-path.ts";
import type { DeadlineQueue } from "../queues/deadline-queue.ts";
import { type LeaseRevocationQueue, REVOKE_LEASES_TIMEOUT_SECONDS } from "../queues/lease-revocation-queue.ts";
import { PROBE_TIMEOUT_SECONDS, type ProbeQueue } from "../queues/probe-queue.ts";
import { RECONCILE_TIMEOUT_SECONDS, type RevocationQueue, reconcileAtOnce } from "../queues/revocation-queue.ts";
import { ARCHIVE_TIMEOUT_SECONDS, type Archive } from "../stores/archive.ts";
import type { TaskTable } from "../stores/task-table.ts";
import { LeastFunction, type LeastFunctionProps } from "./least-function.ts";

/** Resources that the functions' environments name, and files that are shipped with them. */
export interface HubFunctionsProps {
  readonly scope: HubScope;
  readonly table: TaskTable;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocations: LeaseRevocationQueue;
  readonly probes: ProbeQueue;
  readonly deadlines: DeadlineQueue;
  readonly notifications: NotificationPath;
  readonly bus: HubBus;
  readonly archive: Archive;
  readonly deploymentDir: string;
  /** Directory of the built console. */
  readonly consoleDir: string;
}

type Settings = Omit<LeastFunctionProps, "name" | "scope" | "environment">;

/** Place of `deploymentDir` at runtime, beside the bundle: a function starts in the directory that it was unpacked to. */
const DEPLOYMENT_AT = "./deployment";

/**
 * Makes the hub's functions, one for each level of trust. Functions that end tasks have reserved concurrency, so that they run even if a flood of requests takes
 * the rest of the account's.
 */
export function hubFunctions(stack: Construct, props: HubFunctionsProps): HubFunctions {
  const table = { VALETKEY_TABLE: props.table.table.tableName };
  const queues = {
    VALETKEY_REVOCATION_QUEUE_URL: props.revocationQueue.queue.queueUrl,
    VALETKEY_LEASE_REVOCATION_QUEUE_URL: props.leaseRevocations.queue.queueUrl,
  };
  const deadlines = { VALETKEY_DEADLINES_URL: props.deadlines.queue.queueUrl };
  const deployment = { VALETKEY_DEPLOYMENT: DEPLOYMENT_AT };
  const decides = { deployment: props.deploymentDir, [CEDAR_MODULE]: CEDAR_FILE };

  const make = <Name extends FunctionName>(name: Name, environment: EnvOf<Name>, settings: Settings) =>
    new LeastFunction(stack, name, { name, scope: props.scope, environment, ...settings }).function;

  const functions = {
    exchange: make(
      "exchange",
      { ...table, ...deployment, VALETKEY_BUS: props.bus.busName },
      {
        summary: "vends credentials; answers every agent",
        // A vend mostly waits, so half the memory costs it only 15 ms more (docs/decisions/0050).
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    tasks: make(
      "tasks",
      { ...table, ...deployment },
      {
        summary: "reads, completes and revokes a task for the holder of its token",
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    operate: make(
      "operate",
      { ...table, ...deployment },
      {
        summary: "answers operators' reads, and acts that end, halt or suspend",
        memoryMb: 1_024,
        // An offboarding works for 20 s before it answers; the API waits for 29 s, the longest that it can.
        timeoutSeconds: 28,
        // A flood of agents' requests must not block the person who ends it.
        reservedConcurrency: 25,
        beside: decides,
      },
    ),
    panic: make(
      "panic",
      { ...table, ...deployment },
      {
        summary: "declares a panic, and can do nothing else",
        memoryMb: 1_024,
        // Two successive calls of a busy table take 12 s at most; the API waits for 15 s.
        timeoutSeconds: 14,
        // No other request has these runs: operators' reads and acts cannot delay a panic.
        reservedConcurrency: 10,
        beside: decides,
      },
    ),
    register: make(
      "register",
      { ...table, ...deployment },
      {
        summary: "registers, changes, confirms and resumes agents, and lifts halts of accounts",
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    sweep: make(
      "sweep",
      { ...table, ...deployment, ...queues },
      {
        summary: "each minute, ends due tasks and requests every role's revocation policy again",
        // A whole CPU: ten thousand tasks in one minute cost some 30 s of it.
        memoryMb: 1_769,
        timeoutSeconds: 55,
        // Two at once would do the same work twice.
        reservedConcurrency: 1,
        beside: { deployment: props.deploymentDir },
      },
    ),
    intake: make(
      "intake",
      { ...table, ...deployment },
      {
        summary: "makes the endings that events on the bus request",
        memoryMb: 512,
        timeoutSeconds: 60,
        reservedConcurrency: 2,
        beside: { deployment: props.deploymentDir },
      },
    ),
    relay: make(
      "relay",
      {
        ...queues,
        ...deadlines,
        ...deployment,
        VALETKEY_PROBES_URL: props.probes.queue.queueUrl,
        VALETKEY_NOTICES_URL: props.notifications.queue.queueUrl,
        VALETKEY_BUS: props.bus.busName,
      },
      {
        summary: "sends endings, deadlines and probes to their queues, and overdue tasks to the bus",
        memoryMb: 256,
        timeoutSeconds: 30,
        reservedConcurrency: 10,
        beside: { deployment: props.deploymentDir },
      },
    ),
    reconcile: make(
      "reconcile",
      { ...table, ...deployment, VALETKEY_REVOCATION_QUEUE_URL: queues.VALETKEY_REVOCATION_QUEUE_URL },
      {
        summary: "writes the revocation policies",
        memoryMb: 384,
        timeoutSeconds: RECONCILE_TIMEOUT_SECONDS,
        reservedConcurrency: reconcileAtOnce(props.scope),
        beside: { deployment: props.deploymentDir },
      },
    ),
    "revoke-leases": make(
      "revoke-leases",
      { ...table, ...deployment, ...deadlines },
      {
        summary: "revokes credentials that connectors have issued",
        memoryMb: 512,
        timeoutSeconds: REVOKE_LEASES_TIMEOUT_SECONDS,
        // Also the upper bound on its connections to databases.
        reservedConcurrency: 10,
        beside: { deployment: props.deploymentDir },
      },
    ),
    rotate: make(
      "rotate",
      { ...table, ...deployment },
      {
        summary: "rotates secrets, on Secrets Manager's schedule and after use",
        memoryMb: 512,
        timeoutSeconds: 55,
        beside: { deployment: props.deploymentDir },
      },
    ),
    probe: make(
      "probe",
      { ...table, ...deployment },
      {
        summary: "observes when AWS begins to refuse an ended task's sessions",
        // A probe waits nearly all the time. The memory makes it begin sooner.
        memoryMb: 512,
        timeoutSeconds: PROBE_TIMEOUT_SECONDS,
        // Also the upper bound on the cost of a flood of endings: an ending that waits for too long is not probed.
        reservedConcurrency: 2,
        beside: { deployment: props.deploymentDir },
      },
    ),
    notify: make(
      "notify",
      { ...table, ...deployment },
      {
        summary: "sends people links to requests for approval",
        memoryMb: 256,
        timeoutSeconds: NOTIFY_TIMEOUT_SECONDS,
        reservedConcurrency: 2,
        beside: { deployment: props.deploymentDir },
      },
    ),
    approve: make(
      "approve",
      { ...table, ...deployment },
      {
        summary: "collects people's votes on requests, and denials",
        memoryMb: 512,
        timeoutSeconds: 10,
        // A flood of agents' requests must not block a person's denial.
        reservedConcurrency: 10,
        beside: decides,
      },
    ),
    explain: make(
      "explain",
      { ...table, ...deployment },
      {
        summary: "explains what policy allows an agent; issues and ends nothing",
        memoryMb: 1_024,
        timeoutSeconds: 10,
        // Also the upper bound on the cost of a flood of questions. No function that ends tasks waits for them.
        reservedConcurrency: 3,
        beside: decides,
      },
    ),
    journal: make(
      "journal",
      { ...table, ...deployment, ...shownArchive(props.scope) },
      {
        summary: "shows operators the signed log, and can write nothing to it",
        // A bundle of the largest entries has 16 MB, and is in memory twice.
        memoryMb: 512,
        timeoutSeconds: 12,
        // Also the upper bound on the bundles that a flood of searches reads at the same time.
        reservedConcurrency: 5,
        beside: decides,
      },
    ),
    console: make(
      "console",
      { VALETKEY_CONSOLE: "./console" },
      {
        summary: "serves the console's files, at an origin of its own",
        memoryMb: 256,
        timeoutSeconds: 5,
        beside: { console: props.consoleDir },
      },
    ),
    observe: make(
      "observe",
      { ...table, ...deployment, VALETKEY_BUS: props.bus.busName },
      {
        summary: "counts the uses of tasks' keys, from CloudTrail's events, and reports escalations",
        memoryMb: 512,
        timeoutSeconds: OBSERVE_TIMEOUT_SECONDS,
        reservedConcurrency: USE_BATCHES.atOnce,
        beside: { deployment: props.deploymentDir },
      },
    ),
    collect: make(
      "collect",
      {
        VALETKEY_ARCHIVE: props.scope.archiveBucket,
        VALETKEY_PROOFS_KEY: props.archive.proofsKeyArn,
        VALETKEY_SIEM: props.scope.siem ? busArn(props.scope) : NO_SIEM,
      },
      {
        summary: "collects the journal's events and the proofs of votes for the archive",
        memoryMb: 256,
        timeoutSeconds: 30,
        beside: {},
      },
    ),
    archive: make(
      "archive",
      { ...props.archive.environment, ...deployment },
      {
        summary: "gives the journal's events their place in a signed log",
        memoryMb: 1_024,
        timeoutSeconds: ARCHIVE_TIMEOUT_SECONDS,
        // A long run and the next one, half a minute later, may run at the same time: both get the same log.
        reservedConcurrency: 2,
        beside: { deployment: props.deploymentDir },
      },
    ),
  };
  const signals = props.scope.signals
    ? make(
        "signals",
        { ...deployment, VALETKEY_BUS: props.bus.busName },
        {
          summary: "verifies transmitters' events about people, and can only put them on the bus",
          memoryMb: 256,
          timeoutSeconds: 10,
          // A flood of events must not take the capacity of functions that end tasks.
          reservedConcurrency: 5,
          beside: { deployment: props.deploymentDir },
        },
      )
    : undefined;
  acknowledgeStream(functions.relay, props.scope);
  acknowledgeStream(functions.collect, props.scope);
  acknowledgeArchive(functions, props.scope);
  acknowledgeSecrets(functions, props.scope);
  return { ...functions, ...(signals ? { signals } : {}) };
}

function acknowledgeSecrets(
  { exchange, operate, rotate }: Record<"exchange" | "operate" | "rotate", LambdaFunction>,
  scope: HubScope,
): void {
  const list = "secretsmanager:ListSecrets has no resource type; it shows names, tags and dates, and no value.";
  const tagged =
    "Secrets are the operators' own, made at any time; only those that carry valetkey's tag can be touched.";
  const reasons = [
    [operate, "*", list],
    [exchange, secretArn("*", scope), tagged],
    [operate, secretArn("*", scope), tagged],
    [rotate, secretArn("*", scope), tagged],
  ] as const;
  for (const [fn, resource, reason] of reasons)
    Validations.of(fn.node.scope ?? fn).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

function acknowledgeArchive(
  functions: Record<"collect" | "archive" | "journal", LambdaFunction>,
  scope: HubScope,
): void {
  const reason = "Objects of the archive are named after their place in the log, or after their content.";
  const keyReason = "The key's id is not known before it is made; the condition on its alias names it.";
  for (const name of ["collect", "archive", "journal"] as const)
    for (const { Resource: resources } of rightsOf(name, scope))
      for (const resource of resources.filter((each) => /:s3:|:kms:/.test(each) && each.endsWith("*")))
        Validations.of(functions[name].node.scope ?? functions[name]).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${resource}]`,
          reason: resource.includes(":kms:") ? keyReason : reason,
        });
}

function acknowledgeStream(relay: LambdaFunction, scope: HubScope): void {
  const reasons = {
    [`${tableArn(scope)}/stream/*`]: "A stream is named after the moment it was switched on, which no template knows.",
    "*": "dynamodb:ListStreams has no resource type; Lambda's poller needs it, and it shows names only.",
  };
  for (const [resource, reason] of Object.entries(reasons)) {
    Validations.of(relay.node.scope ?? relay).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }
}
