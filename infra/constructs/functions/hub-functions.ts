import { Validations } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionName } from "../../../contract/names.ts";
import { type EnvOf, NO_SIEM } from "../../../functions/env.ts";
import { shownArchive } from "../../archive-environment.ts";
import { busArn, type HubScope, keysArn, secretArn, tableArn } from "../../arns.ts";
import { CEDAR_FILE, CEDAR_MODULE } from "../../bundle-function.ts";
import { FUNCTION_SETTINGS, type FunctionSettings } from "../../function-settings.ts";
import type { HubFunctions } from "../../hub-function-set.ts";
import { rightsOf } from "../../rights.ts";
import type { HubBus } from "../paths/hub-bus.ts";
import type { NotificationPath } from "../paths/notification-path.ts";
import type { DeadlineQueue } from "../queues/deadline-queue.ts";
import type { LeaseRevocationQueue } from "../queues/lease-revocation-queue.ts";
import type { ProbeQueue } from "../queues/probe-queue.ts";
import type { RecheckQueue } from "../queues/recheck-queue.ts";
import type { RevocationQueue } from "../queues/revocation-queue.ts";
import type { Archive } from "../stores/archive.ts";
import type { TaskTable } from "../stores/task-table.ts";
import { LeastFunction, type LeastFunctionProps } from "./least-function.ts";

/** Resources that the functions' environments name, and files that are shipped with them. */
export interface HubFunctionsProps {
  readonly scope: HubScope;
  readonly table: TaskTable;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocations: LeaseRevocationQueue;
  readonly rechecks: RecheckQueue;
  readonly probes: ProbeQueue;
  readonly deadlines: DeadlineQueue;
  readonly notifications: NotificationPath;
  readonly bus: HubBus;
  readonly archive: Archive;
  readonly deploymentDir: string;
  /** Directory of the built console. */
  readonly consoleDir: string;
}

/** Place of `deploymentDir` at runtime, beside the bundle: a function starts in the directory that it was unpacked to. */
const DEPLOYMENT_AT = "./deployment";

/** Makes the hub's functions, one for each level of trust, with their rows of `FUNCTION_SETTINGS`. */
export function hubFunctions(stack: Construct, props: HubFunctionsProps): HubFunctions {
  const table = { VALETKEY_TABLE: props.table.table.tableName };
  const queues = {
    VALETKEY_REVOCATION_QUEUE_URL: props.revocationQueue.queue.queueUrl,
    VALETKEY_LEASE_REVOCATION_QUEUE_URL: props.leaseRevocations.queue.queueUrl,
  };
  const deadlines = { VALETKEY_DEADLINES_URL: props.deadlines.queue.queueUrl };
  const rechecks = { VALETKEY_RECHECKS_URL: props.rechecks.queue.queueUrl };
  const deployment = { VALETKEY_DEPLOYMENT: DEPLOYMENT_AT };
  const beside = {
    policies: { deployment: props.deploymentDir, [CEDAR_MODULE]: CEDAR_FILE },
    deployment: { deployment: props.deploymentDir },
    console: { console: props.consoleDir },
    nothing: {},
  } satisfies Readonly<Record<FunctionSettings["ships"], LeastFunctionProps["beside"]>>;

  const make = <Name extends FunctionName>(name: Name, environment: EnvOf<Name>) => {
    const { ships } = FUNCTION_SETTINGS[name];
    return new LeastFunction(stack, name, { name, scope: props.scope, environment, beside: beside[ships] }).function;
  };

  const functions = {
    exchange: make("exchange", { ...table, ...deployment, VALETKEY_BUS: props.bus.busName }),
    tasks: make("tasks", { ...table, ...deployment }),
    sign: make("sign", { ...table, ...deployment }),
    operate: make("operate", { ...table, ...deployment }),
    recheck: make("recheck", { ...table, ...deployment, ...rechecks }),
    panic: make("panic", { ...table, ...deployment }),
    register: make("register", { ...table, ...deployment }),
    sweep: make("sweep", { ...table, ...deployment, ...queues }),
    intake: make("intake", { ...table, ...deployment }),
    relay: make("relay", {
      ...queues,
      ...deadlines,
      ...rechecks,
      ...deployment,
      VALETKEY_PROBES_URL: props.probes.queue.queueUrl,
      VALETKEY_NOTICES_URL: props.notifications.queue.queueUrl,
      VALETKEY_BUS: props.bus.busName,
    }),
    reconcile: make("reconcile", {
      ...table,
      ...deployment,
      VALETKEY_REVOCATION_QUEUE_URL: queues.VALETKEY_REVOCATION_QUEUE_URL,
    }),
    "revoke-leases": make("revoke-leases", { ...table, ...deployment, ...deadlines }),
    rotate: make("rotate", { ...table, ...deployment }),
    probe: make("probe", { ...table, ...deployment }),
    notify: make("notify", { ...table, ...deployment }),
    approve: make("approve", { ...table, ...deployment }),
    explain: make("explain", { ...table, ...deployment }),
    journal: make("journal", { ...table, ...deployment, ...shownArchive(props.scope) }),
    console: make("console", { VALETKEY_CONSOLE: "./console" }),
    observe: make("observe", { ...table, ...deployment, VALETKEY_BUS: props.bus.busName }),
    collect: make("collect", {
      VALETKEY_ARCHIVE: props.scope.archiveBucket,
      VALETKEY_PROOFS_KEY: props.archive.proofsKeyArn,
      VALETKEY_SIEM: props.scope.siem ? busArn(props.scope) : NO_SIEM,
    }),
    archive: make("archive", { ...props.archive.environment, ...deployment }),
  };
  const signals = props.scope.signals ? make("signals", { ...deployment, VALETKEY_BUS: props.bus.busName }) : undefined;
  acknowledgeStream(functions.relay, props.scope);
  acknowledgeStream(functions.collect, props.scope);
  acknowledgeArchive(functions, props.scope);
  acknowledgeSecrets(functions, props.scope);
  acknowledgeSessionsKey(functions, props.scope);
  return { ...functions, ...(signals ? { signals } : {}) };
}

function acknowledgeSessionsKey(functions: Record<"exchange" | "sign", LambdaFunction>, scope: HubScope): void {
  for (const fn of [functions.exchange, functions.sign])
    Validations.of(fn.node.scope ?? fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${keysArn(scope)}]`,
      reason: "The key's id is not known before it is made; the condition on its alias names it.",
    });
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
