import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FunctionName } from "../../contract/names.ts";
import { NO_SIEM } from "../../functions/env.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { TABLE_KEYS, WATCHING } from "../../functions/names.ts";
import { archiveEnvironment } from "../../infra/archive-environment.ts";
import { busArn, functionRoleArn, functionsOf, type HubScope } from "../../infra/arns.ts";
import { busRules } from "../../infra/bus-rights.ts";
import { buildConsole } from "../../infra/config/build-console.ts";
import { buildDeployment } from "../../infra/config/build-deployment.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { USE_BATCHES } from "../../infra/use-batches.ts";
import { startApiServer, startConsoleServer } from "../api-server.ts";
import { bundledFunctions } from "../bundled-functions.ts";
import { isByTask, trailEvent } from "../cloud-trail.ts";
import type { ApiCall } from "../emulator/api-call.ts";
import type { DynamoChoice } from "../emulator/dynamodb/dynamo-backends.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../emulator/embedded-aws.ts";
import {
  BusSource,
  eachHour,
  eachMinute,
  inWindows,
  isImaged,
  QueueSource,
  type StreamReader,
  streamTo,
} from "../event-sources.ts";
import { type DeployedHost, type FunctionHost, hostFunction } from "../function-host.ts";
import { type OidcIssuer, startOidcIssuer } from "../issuer/oidc-issuer.ts";
import { PEOPLE } from "../issuer/people.ts";
import { functionRights, setUpAccounts } from "./set-up-accounts.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface CloudOptions {
  readonly configFile?: string;
  readonly policiesDir?: string;
  /** Loopback ports: those of `ports.ts` for people, others for tests. */
  readonly ports: {
    readonly api: number;
    readonly aws: number;
    readonly issuers: number;
    readonly people: number;
    /** Port of the console; without it, no console is built and served. */
    readonly console?: number;
  };
  readonly workDir: string;
  /** DynamoDB to use; by default that of the environment. */
  readonly dynamodb?: DynamoChoice;
  readonly onApiCall?: (call: ApiCall) => void;
  readonly onInvoke?: (name: FunctionName) => void;
  /** Maps the emulator's endpoint to the one that functions call, such as a proxy's; the same by default. */
  readonly reachedAt?: (endpoint: string) => Promise<string>;
  /** Time after which CloudTrail reports a call of a task; milliseconds. Minutes at AWS, 0 by default. */
  readonly trailAfterMs?: number;
  /** Time for which records are gathered for `collect`, as in Lambda's batching window; milliseconds, 0 by default. */
  readonly collectsAfterMs?: number;
  /**
   * True lets functions wait minutes for other services instead of a few seconds, for tests on a busy machine. False by
   * default.
   */
  readonly isPatient?: boolean;
  /** False switches off the minute rules and deadlines; true by default. */
  readonly hasRules?: boolean;
}

/** Whole deployment on loopback. */
export interface Cloud {
  readonly aws: EmbeddedAws;
  readonly agents: OidcIssuer;
  readonly people: OidcIssuer;
  readonly hosts: Readonly<Record<FunctionName, DeployedHost>>;
  readonly logFile: string;
  readonly scope: HubScope;
  readonly hubAccount: string;
  readonly targetAccount: string;
  /** Hands `observe` an event, as CloudTrail reports a call of a task. */
  observed(event: object): void;
  /** Returns the function with this access key; undefined for keys of a role that a function assumed. */
  functionOf(accessKeyId: string): FunctionName | undefined;
  /** Path of the deployment's `valetkey.json`. */
  readonly configFile: string;
  readonly policiesDir: string;
  /** Deploys another configuration of the same hub. Replaces the functions' rights, files and environment. */
  redeploy(configFile: string): Promise<void>;
  /** Resolves when every ending so far has reached IAM and the providers of credentials. */
  settled(): Promise<void>;
  /** Resolves when every probe that was started so far has ended. */
  probed(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the embedded AWS, two OIDC issuers, every function under its own role, and the HTTP API. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  rmSync(options.workDir, { recursive: true, force: true });
  mkdirSync(options.workDir, { recursive: true });
  const { configFile = join(ROOT, "local/valetkey.json"), policiesDir = join(ROOT, "policies") } = options;
  const build = (configFile: string) =>
    buildDeployment({
      configFile,
      policiesDir,
      outDir: join(options.workDir, "deployment"),
    });
  const built = build(configFile);
  let deployed = { config: built.config, scope: hubScopeOf(built.config) };
  const { audiences } = built.deployment;
  const approvalsSecret = built.config.issuers.find(({ approvals }) => approvals?.secret)?.approvals?.secret;
  const secretValue = randomBytes(24).toString("base64url");
  const consoleDir = join(options.workDir, "console");
  if (options.ports.console !== undefined) buildConsole({ config: built.config, outDir: consoleDir });
  const started: {
    hosts?: Record<FunctionName, FunctionHost>;
    readers?: Readonly<Record<StreamReader, FunctionHost>>;
    queues?: readonly QueueSource[];
    bus?: BusSource;
    trail?: (call: ApiCall) => void;
  } = {};
  const [bundleOf, aws, agents, people] = await Promise.all([
    bundledFunctions(options.isPatient),
    startEmbeddedAws({
      port: options.ports.aws,
      ...(options.dynamodb ? { dynamodb: options.dynamodb } : {}),
      onApiCall: (call) => {
        if (call.action === "sqs:SendMessage" && call.decision === "Allowed")
          setImmediate(() => {
            started.queues?.find(({ arn }) => arn === call.resource)?.nudge();
          });
        if (isByTask(call, deployed.scope)) started.trail?.(call);
        options.onApiCall?.(call);
      },
      onTableChange: (["relay", "collect"] as const).map((reader) => async (changes) => {
        // A table that another one has replaced has no reader.
        const read = changes.filter(({ table }) => table === deployed.scope.tableName);
        const host = started.readers?.[reader];
        if (host && read.length > 0) await streamTo(reader, host, read);
      }),
      yields: (role) => WATCHING.some((name) => role === functionRoleName(name, deployed.scope)),
      isImaged,
      onRotation: async (lambdaArn, step) => {
        if (lambdaArn.endsWith(`:function:${functionRoleName("rotate", deployed.scope)}`))
          await started.hosts?.rotate.invoke(step);
      },
      onBusEvent: (event) => {
        if (event.busAccount === built.config.hub.account && event.bus === deployed.scope.busName)
          started.bus?.put(event);
      },
    }),
    startOidcIssuer({
      port: options.ports.issuers,
      issuerPath: "/agents",
      kind: "agents",
      audience: audiences.exchange,
    }),
    startOidcIssuer({
      port: options.ports.people,
      issuerPath: "/people",
      kind: "people",
      audience: audiences.operate,
      ...(built.config.console
        ? {
            signIn: {
              people: PEOPLE,
              consoleOrigin: built.config.console.url,
              operate: audiences.operate,
              ...(approvalsSecret ? { approvalsSecret: secretValue } : {}),
            },
          }
        : {}),
    }),
  ]);
  const {
    scope,
    revocationQueueUrl,
    leaseRevocationQueueUrl,
    rechecksUrl,
    deadlinesUrl,
    probesUrl,
    notificationsUrl,
    usesUrl,
    proofsKeyArn,
  } = await setUpAccounts(aws, built);
  if (approvalsSecret) aws.admin(scope.account).createSecret({ name: approvalsSecret, value: secretValue });
  const logFile = join(options.workDir, "functions.log");
  const endpoint = (await options.reachedAt?.(aws.endpoint)) ?? aws.endpoint;
  const reached = (url: string): string => url.replace(aws.endpoint, endpoint);
  const keysOfFunctions = new Map<string, FunctionName>();
  const keysOf = (name: FunctionName) => {
    const keys = aws.keysFor(functionRoleArn(name, scope), functionRoleName(name, scope));
    keysOfFunctions.set(keys.accessKeyId, name);
    return keys;
  };
  const hosts = Object.fromEntries(
    functionsOf(scope).map((name) => {
      const keys = keysOf(name);
      const env = () => ({
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: keys.sessionToken ?? "",
        AWS_REGION: scope.region,
        AWS_ENDPOINT_URL: endpoint,
        VALETKEY_TABLE: deployed.scope.tableName,
        VALETKEY_DEPLOYMENT: built.dir,
        VALETKEY_REVOCATION_QUEUE_URL: reached(revocationQueueUrl),
        VALETKEY_LEASE_REVOCATION_QUEUE_URL: reached(leaseRevocationQueueUrl),
        VALETKEY_DEADLINES_URL: reached(deadlinesUrl),
        VALETKEY_RECHECKS_URL: reached(rechecksUrl),
        VALETKEY_PROBES_URL: reached(probesUrl),
        VALETKEY_NOTICES_URL: reached(notificationsUrl),
        VALETKEY_BUS: scope.busName,
        VALETKEY_SIEM: scope.siem ? busArn(scope) : NO_SIEM,
        VALETKEY_PROOFS_KEY: proofsKeyArn,
        ...archiveEnvironment(deployed.config, deployed.scope),
        VALETKEY_CONSOLE: consoleDir,
      });
      const host = hostFunction(name, bundleOf(name), env, logFile);
      const invoke = (event: unknown) => {
        options.onInvoke?.(name);
        return host.invoke(event);
      };
      return [name, { ...host, invoke }];
    }),
  ) as Record<FunctionName, DeployedHost>;
  started.hosts = hosts;
  started.readers = {
    relay: hosts.relay,
    collect: options.collectsAfterMs === undefined ? hosts.collect : inWindows(hosts.collect, options.collectsAfterMs),
  };
  const uses = new QueueSource(reached(usesUrl), keysOf("observe"), endpoint, hosts.observe, USE_BATCHES.atOnce);
  const observed = (event: object): void => {
    aws.admin(scope.account).sendMessage(scope.useQueueName, JSON.stringify(event));
    uses.nudge();
  };
  started.trail = (call) => {
    setTimeout(() => observed(trailEvent(call, scope.region)), options.trailAfterMs ?? 0).unref();
  };
  const queues = [
    new QueueSource(reached(revocationQueueUrl), keysOf("reconcile"), endpoint, hosts.reconcile),
    new QueueSource(reached(leaseRevocationQueueUrl), keysOf("revoke-leases"), endpoint, hosts["revoke-leases"]),
    new QueueSource(reached(rechecksUrl), keysOf("recheck"), endpoint, hosts.recheck),
    new QueueSource(reached(notificationsUrl), keysOf("notify"), endpoint, hosts.notify),
    uses,
  ];
  // `settled` does not wait for this queue: a probe runs until it observes the effect.
  const probes = new QueueSource(reached(probesUrl), keysOf("probe"), endpoint, hosts.probe);
  started.queues = [...queues, probes];
  const deadlines = new QueueSource(reached(deadlinesUrl), keysOf("revoke-leases"), endpoint, hosts["revoke-leases"]);
  if (options.hasRules !== false) deadlines.poll();
  const bus = new BusSource(busRules(scope), hosts.intake);
  started.bus = bus;
  const doors = await Promise.all([
    startApiServer(options.ports.api, hosts, built.config.console?.url, scope.signals),
    ...(options.ports.console === undefined ? [] : [startConsoleServer(options.ports.console, hosts.console)]),
  ]);
  const rules = (): (() => void)[] => [
    eachMinute("sweep", () => hosts.sweep.invoke({})),
    eachMinute("notify", () => hosts.notify.invoke({})),
    eachMinute("archive", () => hosts.archive.invoke({})),
    eachMinute("archive again", async () => {
      await sleep(30_000, undefined, { ref: false });
      await hosts.archive.invoke({});
    }),
    eachMinute("rotate", () => hosts.rotate.invoke({ mode: "due" })),
    eachHour("unused rights", () => hosts.observe.invoke({ source: "aws.events" })),
    eachMinute("TTL", () => aws.removeExpired(scope.account, deployed.scope.tableName, TABLE_KEYS.ttl)),
  ];
  const stopRules = options.hasRules === false ? [] : rules();
  return {
    aws,
    agents,
    people,
    hosts,
    logFile,
    scope,
    configFile,
    policiesDir,
    observed,
    functionOf: (accessKeyId) => keysOfFunctions.get(accessKeyId),
    hubAccount: scope.account,
    targetAccount: built.deployment.accounts[0]?.id ?? "",
    redeploy: async (configFile) => {
      const { config } = build(configFile);
      deployed = { config, scope: hubScopeOf(config) };
      for (const name of functionsOf(scope)) {
        const rights = functionRights(name, deployed.scope);
        aws.admin(scope.account).replacePermissions(functionRoleName(name, scope), { rights });
      }
      await Promise.all(Object.values(hosts).map((host) => host.restart()));
    },
    settled: async () => {
      // A removal by TTL goes to the bus. An ending from there changes the table again, and goes to the queue.
      for (let hop = 0; hop < 2; hop += 1) {
        await aws.changesDelivered();
        await bus.settled();
      }
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([...queues, deadlines].map((queue) => queue.settled()));
      // `collect` reads the queues' functions' writes, too: an archive taken next contains them.
      await aws.changesDelivered();
    },
    probed: async () => {
      await aws.changesDelivered();
      await new Promise((resolve) => setImmediate(resolve));
      await probes.settled();
    },
    close: async () => {
      for (const stop of stopRules) stop();
      for (const door of doors) {
        door.close();
        door.closeAllConnections();
      }
      await bus.settled();
      await deadlines.stop();
      await Promise.all(queues.map((queue) => queue.settled()));
      await Promise.all([...queues, probes].map((queue) => queue.stop()));
      await aws.rotationsSettled();
      await aws.changesDelivered();
      // Closing does not wait for probes, which end with their function.
      const probing = probes.settled().catch(() => undefined);
      await Promise.all([...Object.values(hosts).map((host) => host.close()), agents.close(), people.close()]);
      await probing;
      await aws.close();
    },
  };
}
