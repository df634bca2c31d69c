import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FUNCTIONS, type FunctionName, functionRoleName, TABLE_KEYS } from "../../functions/names.ts";
import { busRules } from "../../infra/bus-rights.ts";
import { BUS_NAME } from "../../infra/hub-scope.ts";
import { functionRoleArn } from "../../infra/rights.ts";
import { buildDeployment } from "../../scripts/build-deployment.ts";
import { startApiServer } from "../api-server.ts";
import type { ApiCall } from "../aws/api-call.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../aws/embedded-aws.ts";
import { BusSource, eachMinute, QueueSource, streamTo } from "../event-sources.ts";
import { type FunctionHost, hostFunction } from "../function-host.ts";
import { type OidcIssuer, startOidcIssuer } from "../issuer/oidc-issuer.ts";
import { setUpAccounts } from "./set-up-accounts.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface CloudOptions {
  readonly configFile?: string;
  readonly policiesDir?: string;
  /** Loopback ports; those of `ports.ts` for people, others for tests. */
  readonly ports: { readonly api: number; readonly aws: number; readonly issuers: number; readonly people: number };
  readonly workDir: string;
  readonly onApiCall?: (call: ApiCall) => void;
}

/** Everything that a deployment is, on loopback. */
export interface Cloud {
  readonly aws: EmbeddedAws;
  readonly agents: OidcIssuer;
  readonly people: OidcIssuer;
  readonly hosts: Readonly<Record<FunctionName, FunctionHost>>;
  readonly logFile: string;
  readonly hubAccount: string;
  readonly targetAccount: string;
  /** Resolves when every ending so far has reached IAM and the providers of credentials. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the embedded AWS, two OIDC issuers, every function under its own role, and the HTTP API. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  rmSync(options.workDir, { recursive: true, force: true });
  mkdirSync(options.workDir, { recursive: true });
  const built = buildDeployment({
    configFile: options.configFile ?? join(ROOT, "local/valetkey.json"),
    policiesDir: options.policiesDir ?? join(ROOT, "policies"),
    outDir: join(options.workDir, "deployment"),
  });
  const { audiences } = built.deployment;
  const started: { hosts?: Record<FunctionName, FunctionHost>; queues?: readonly QueueSource[]; bus?: BusSource } = {};
  const [aws, agents, people] = await Promise.all([
    startEmbeddedAws({
      port: options.ports.aws,
      onApiCall: (call) => {
        if (call.action === "sqs:SendMessage" && call.decision === "Allowed")
          setImmediate(() => {
            for (const queue of started.queues ?? []) queue.nudge();
          });
        options.onApiCall?.(call);
      },
      onTableChange: async (changes) => {
        if (started.hosts) await streamTo(started.hosts.relay, changes);
      },
      onRotation: async (lambdaArn, step) => {
        if (lambdaArn.endsWith(`:function:${functionRoleName("rotate")}`)) await started.hosts?.rotate.invoke(step);
      },
      onBusEvent: (event) => {
        if (event.busAccount === built.config.hub.account && event.bus === BUS_NAME) started.bus?.put(event);
      },
    }),
    startOidcIssuer({
      port: options.ports.issuers,
      issuerPath: "/agents",
      kind: "agents",
      audience: audiences.exchange,
    }),
    startOidcIssuer({ port: options.ports.people, issuerPath: "/people", kind: "people", audience: audiences.operate }),
  ]);
  const { scope, queueUrl, releasesUrl } = await setUpAccounts(aws, built);
  const logFile = join(options.workDir, "functions.log");
  const keysOf = (name: FunctionName) =>
    aws.keysFor(functionRoleArn(name, scope.partition, scope.account), functionRoleName(name));
  const hosts = Object.fromEntries(
    FUNCTIONS.map((name) => {
      const keys = keysOf(name);
      const env = {
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: keys.sessionToken ?? "",
        AWS_REGION: scope.region,
        AWS_ENDPOINT_URL: aws.endpoint,
        VALETKEY_TABLE: scope.tableName,
        VALETKEY_DEPLOYMENT: built.dir,
        VALETKEY_QUEUE_URL: queueUrl,
        VALETKEY_RELEASES_URL: releasesUrl,
        VALETKEY_BUS: scope.busName,
      };
      return [name, hostFunction(name, env, logFile)];
    }),
  ) as Record<FunctionName, FunctionHost>;
  started.hosts = hosts;
  const queues = [
    new QueueSource(queueUrl, keysOf("reconcile"), aws.endpoint, hosts.reconcile),
    new QueueSource(releasesUrl, keysOf("release"), aws.endpoint, hosts.release),
  ];
  started.queues = queues;
  const bus = new BusSource(busRules(scope), hosts.intake);
  started.bus = bus;
  const api = await startApiServer(options.ports.api, hosts);
  const stopRules = [
    eachMinute("sweep", () => hosts.sweep.invoke({})),
    eachMinute("rotate", () => hosts.rotate.invoke({ mode: "due" })),
    eachMinute("TTL", () => aws.removeExpired(scope.account, scope.tableName, TABLE_KEYS.ttl)),
  ];
  return {
    aws,
    agents,
    people,
    hosts,
    logFile,
    hubAccount: scope.account,
    targetAccount: built.deployment.accounts[0]?.id ?? "",
    settled: async () => {
      // A removal by TTL goes to the bus, and an ending from there goes to the queue.
      for (let hop = 0; hop < 2; hop += 1) {
        await aws.changesDelivered();
        await bus.settled();
      }
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(queues.map((queue) => queue.settled()));
    },
    close: async () => {
      for (const stop of stopRules) stop();
      api.close();
      api.closeAllConnections();
      await bus.settled();
      await Promise.all(queues.map((queue) => queue.settled()));
      await aws.rotationsSettled();
      await aws.changesDelivered();
      await Promise.all([...Object.values(hosts).map((host) => host.close()), agents.close(), people.close()]);
      await aws.close();
    },
  };
}
