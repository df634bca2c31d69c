import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { FUNCTIONS, type FunctionName, functionRoleName } from "../../functions/names.ts";
import { functionRoleArn, type HubScope } from "../../infra/rights.ts";
import { startApiServer } from "../../local/api-server.ts";
import type { ApiCall } from "../../local/aws/api-call.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../local/aws/embedded-aws.ts";
import { setUpAccounts } from "../../local/cloud/set-up-accounts.ts";
import { QueueSource, streamTo } from "../../local/event-sources.ts";
import { type FunctionHost, hostFunction } from "../../local/function-host.ts";
import { type OidcIssuer, startOidcIssuer } from "../../local/issuer/oidc-issuer.ts";
import { buildBenchDeployment, URL_OF_HUB } from "./bench-config.ts";
import { startWireTap, type WireTap } from "./wire-tap.ts";

/** What `local/cloud` starts, on free ports, with every function's calls to AWS going through a tap, and no rule that fires each minute. */
export interface BenchCloud {
  readonly api: string;
  readonly aws: EmbeddedAws;
  readonly tap: WireTap;
  readonly scope: HubScope;
  readonly agents: OidcIssuer;
  readonly people: OidcIssuer;
  /** How often each function was invoked. */
  readonly invocations: Record<FunctionName, number>;
  readonly deploymentDir: string;
  readonly logFile: string;
  /** The function whose keys these are; none where it had assumed another role. */
  functionOf(accessKeyId: string): FunctionName | undefined;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchCloudOptions {
  readonly workDir: string;
  /** Whether the functions reach AWS through the tap, which costs every call a hop; yes unless told otherwise. */
  readonly isTapped?: boolean;
  readonly onApiCall?: (call: ApiCall) => void;
}

export async function startBenchCloud({ workDir, isTapped = true, onApiCall }: BenchCloudOptions): Promise<BenchCloud> {
  const started: { hosts?: Record<FunctionName, FunctionHost>; queue?: QueueSource } = {};
  const [aws, agents, people] = await Promise.all([
    startEmbeddedAws({
      port: 0,
      onApiCall: (call) => {
        const isSent = call.action === "sqs:SendMessage" && call.decision === "Allowed";
        if (isSent) setImmediate(() => started.queue?.nudge());
        onApiCall?.(call);
      },
      onTableChange: async (changes) => {
        if (started.hosts) await streamTo(started.hosts.relay, changes);
      },
    }),
    startOidcIssuer({ port: 0, issuerPath: "/agents", kind: "agents", audience: URL_OF_HUB }),
    startOidcIssuer({ port: 0, issuerPath: "/people", kind: "people", audience: `${URL_OF_HUB}/operate` }),
  ]);
  const built = buildBenchDeployment(workDir, agents, people);
  const [{ scope, queueUrl }, tap] = await Promise.all([setUpAccounts(aws, built), startWireTap(aws.endpoint)]);
  const endpoint = isTapped ? tap.endpoint : aws.endpoint;
  const queueAtEndpoint = queueUrl.replace(aws.endpoint, endpoint);
  const logFile = join(workDir, "functions.log");
  const names = new Map<string, FunctionName>();
  const invocations = Object.fromEntries(FUNCTIONS.map((name) => [name, 0])) as Record<FunctionName, number>;
  const keysOf = (name: FunctionName) => {
    const keys = aws.keysFor(functionRoleArn(name, scope.partition, scope.account), functionRoleName(name));
    names.set(keys.accessKeyId, name);
    return keys;
  };
  const hosts = Object.fromEntries(
    FUNCTIONS.map((name) => {
      const keys = keysOf(name);
      const host = hostFunction(
        name,
        {
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
          AWS_SESSION_TOKEN: keys.sessionToken ?? "",
          AWS_REGION: scope.region,
          AWS_ENDPOINT_URL: endpoint,
          VALETKEY_TABLE: scope.tableName,
          VALETKEY_DEPLOYMENT: built.dir,
          VALETKEY_QUEUE_URL: queueAtEndpoint,
          VALETKEY_BUS: scope.busName,
        },
        logFile,
      );
      const counted: FunctionHost = {
        ...host,
        invoke: (event) => {
          invocations[name] += 1;
          return host.invoke(event);
        },
      };
      return [name, counted];
    }),
  ) as Record<FunctionName, FunctionHost>;
  started.hosts = hosts;
  const queue = new QueueSource(queueAtEndpoint, keysOf("reconcile"), endpoint, hosts.reconcile);
  started.queue = queue;
  const server = await startApiServer(0, hosts);
  const settled = async (): Promise<void> => {
    await aws.changesDelivered();
    await new Promise((resolve) => setImmediate(resolve));
    await queue.settled();
  };
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aws,
    tap,
    scope,
    agents,
    people,
    invocations,
    deploymentDir: built.dir,
    logFile,
    functionOf: (accessKeyId) => names.get(accessKeyId),
    settled,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await settled();
      await Promise.all([...Object.values(hosts).map((host) => host.close()), agents.close(), people.close()]);
      await tap.close();
      await aws.close();
    },
  };
}
