import { Validations } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Env as ApproveEnv } from "../../functions/approve/env.ts";
import type { Env as ArchiveEnv } from "../../functions/archive/env.ts";
import { type Env as CollectEnv, NO_SIEM } from "../../functions/collect/env.ts";
import type { Env as ConsoleEnv } from "../../functions/console/env.ts";
import type { Env as ExchangeEnv } from "../../functions/exchange/env.ts";
import type { Env as ExplainEnv } from "../../functions/explain/env.ts";
import type { Env as IntakeEnv } from "../../functions/intake/env.ts";
import type { Env as JournalEnv } from "../../functions/journal/env.ts";
import type { FunctionName } from "../../functions/names.ts";
import type { Env as NotifyEnv } from "../../functions/notify/env.ts";
import type { Env as ObserveEnv } from "../../functions/observe/env.ts";
import type { Env as OperateEnv } from "../../functions/operate/env.ts";
import type { Env as ProbeEnv } from "../../functions/probe/env.ts";
import type { Env as ReconcileEnv } from "../../functions/reconcile/env.ts";
import type { Env as RegisterEnv } from "../../functions/register/env.ts";
import type { Env as RelayEnv } from "../../functions/relay/env.ts";
import type { Env as RevokeLeasesEnv } from "../../functions/revoke-leases/env.ts";
import type { Env as RotateEnv } from "../../functions/rotate/env.ts";
import type { Env as SignalsEnv } from "../../functions/signals/env.ts";
import type { Env as SweepEnv } from "../../functions/sweep/env.ts";
import type { Env as TasksEnv } from "../../functions/tasks/env.ts";
import { shownArchive } from "../archive-environment.ts";
import { busArn, type HubScope, secretArn, tableArn } from "../arns.ts";
import { CEDAR_FILE, CEDAR_MODULE } from "../bundle-function.ts";
import type { HubFunctions } from "../hub-function-set.ts";
import { rightsOf } from "../rights.ts";
import { ARCHIVE_TIMEOUT_SECONDS, type Archive } from "./archive.ts";
import type { DeadlineQueue } from "./deadline-queue.ts";
import type { HubBus } from "./hub-bus.ts";
import { type LeaseRevocationQueue, REVOKE_LEASES_TIMEOUT_SECONDS } from "./lease-revocation-queue.ts";
import { LeastFunction, type LeastFunctionProps } from "./least-function.ts";
import { NOTIFY_TIMEOUT_SECONDS, type NoticePath } from "./notice-path.ts";
import { PROBE_TIMEOUT_SECONDS, type ProbeQueue } from "./probe-queue.ts";
import { RECONCILE_TIMEOUT_SECONDS, type RevocationQueue, reconcileAtOnce } from "./revocation-queue.ts";
import type { TaskTable } from "./task-table.ts";
import { OBSERVE_TIMEOUT_SECONDS } from "./use-path.ts";

/** Environment of the functions. */
export interface HubFunctionsProps {
  readonly scope: HubScope;
  readonly table: TaskTable;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocations: LeaseRevocationQueue;
  readonly probes: ProbeQueue;
  readonly deadlines: DeadlineQueue;
  readonly notices: NoticePath;
  readonly bus: HubBus;
  readonly archive: Archive;
  readonly deploymentDir: string;
  /** Directory of the built console. */
  readonly consoleDir: string;
}

/** Each function's variables are those that its own `env.ts` names, or this does not compile. */
interface EnvironmentOf {
  exchange: ExchangeEnv;
  tasks: TasksEnv;
  operate: OperateEnv;
  register: RegisterEnv;
  sweep: SweepEnv;
  intake: IntakeEnv;
  relay: RelayEnv;
  reconcile: ReconcileEnv;
  "revoke-leases": RevokeLeasesEnv;
  rotate: RotateEnv;
  probe: ProbeEnv;
  notify: NotifyEnv;
  console: ConsoleEnv;
  approve: ApproveEnv;
  explain: ExplainEnv;
  journal: JournalEnv;
  observe: ObserveEnv;
  collect: CollectEnv;
  archive: ArchiveEnv;
  signals: SignalsEnv;
}

type Settings = Omit<LeastFunctionProps, "name" | "scope" | "environment">;

/** Place of `deploymentDir` at runtime: beside the bundle; a function starts in the directory that it was unpacked to. */
const DEPLOYMENT_AT = "./deployment";

/**
 * The hub's functions, one for each level of trust.
 * Reserved concurrency keeps what ends tasks running when a flood of requests takes all the rest of the account.
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

  const make = <Name extends FunctionName>(name: Name, environment: EnvironmentOf[Name], settings: Settings) =>
    new LeastFunction(stack, name, { name, scope: props.scope, environment, ...settings }).function;

  const functions = {
    exchange: make(
      "exchange",
      { ...table, ...deployment, VALETKEY_BUS: props.bus.busName },
      {
        summary: "vends credentials; the public's way in",
        // A vend mostly waits: half the memory costs 15 ms more of it (docs/decisions/0050).
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    tasks: make(
      "tasks",
      { ...table, ...deployment },
      {
        summary: "what the holder of a task's token may do with it",
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    operate: make(
      "operate",
      { ...table, ...deployment },
      {
        summary: "what operators read, and what takes power away",
        memoryMb: 1_024,
        // An offboarding works for 20 s before it answers; the API waits for 29 s, the longest that it can.
        timeoutSeconds: 28,
        // A flood of agents' requests must not keep a person from ending it.
        reservedConcurrency: 25,
        beside: decides,
      },
    ),
    register: make(
      "register",
      { ...table, ...deployment },
      {
        summary: "what gives power: registering, changing, confirming and resuming agents",
        memoryMb: 512,
        timeoutSeconds: 10,
        beside: decides,
      },
    ),
    sweep: make(
      "sweep",
      { ...table, ...deployment, ...queues },
      {
        summary: "each minute, ends what is due and asks for every role again",
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
        summary: "ends what events on the bus ask for",
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
        VALETKEY_NOTICES_URL: props.notices.queue.queueUrl,
        VALETKEY_BUS: props.bus.busName,
      },
      {
        summary: "tells the queues what an ending touches and what is to end, and the bus what was forgotten",
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
        summary: "takes back what connectors have issued",
        memoryMb: 512,
        timeoutSeconds: REVOKE_LEASES_TIMEOUT_SECONDS,
        // Also the most connections that databases see from it at once.
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
        summary: "watches from when on AWS refuses what has ended",
        // A probe waits nearly all the time; the memory is paid for so that it begins soon.
        memoryMb: 512,
        timeoutSeconds: PROBE_TIMEOUT_SECONDS,
        // Also the most that a flood of endings costs: what waits for longer is not watched.
        reservedConcurrency: 2,
        beside: { deployment: props.deploymentDir },
      },
    ),
    notify: make(
      "notify",
      { ...table, ...deployment },
      {
        summary: "tells people of requests for approval, by links",
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
        // A flood of agents' requests must not keep a person from denying.
        reservedConcurrency: 10,
        beside: decides,
      },
    ),
    explain: make(
      "explain",
      { ...table, ...deployment },
      {
        summary: "says what policy allows an agent, and why; hands out and ends nothing",
        memoryMb: 1_024,
        timeoutSeconds: 10,
        // Also the most that a flood of questions costs: nothing that ends tasks waits for them.
        reservedConcurrency: 3,
        beside: decides,
      },
    ),
    journal: make(
      "journal",
      { ...table, ...deployment, ...shownArchive(props.scope) },
      {
        summary: "shows operators the signed log, and can write nothing to it",
        // A bundle of the largest entries has 16 MB, and is held twice.
        memoryMb: 512,
        timeoutSeconds: 12,
        // Also the most that a flood of searches reads from the bucket at once.
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
        summary: "counts what tasks did with their keys, from CloudTrail's events, and reports escalations",
        memoryMb: 512,
        timeoutSeconds: OBSERVE_TIMEOUT_SECONDS,
        // Also the most that a flood of events costs.
        reservedConcurrency: 5,
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
        summary: "brings the journal's events and the proofs of votes to the archive",
        memoryMb: 256,
        timeoutSeconds: 30,
        beside: {},
      },
    ),
    archive: make("archive", props.archive.environment, {
      summary: "gives the journal's events their place in a signed log",
      memoryMb: 1_024,
      timeoutSeconds: ARCHIVE_TIMEOUT_SECONDS,
      // A long run, and the next one half a minute later: they do the same work, and get the same log.
      reservedConcurrency: 2,
      beside: {},
    }),
  };
  const signals = props.scope.signals
    ? make(
        "signals",
        { ...deployment, VALETKEY_BUS: props.bus.busName },
        {
          summary: "verifies what transmitters say of people, and can only put it on the bus",
          memoryMb: 256,
          timeoutSeconds: 10,
          // A flood of it must not take the capacity of what ends things elsewhere.
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
