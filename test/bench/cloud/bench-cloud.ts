import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FUNCTIONS, type FunctionName } from "../../../contract/names.ts";
import { defined } from "../../../functions/core/defined.ts";
import { type Cloud, startCloud } from "../../../local/cloud/start-cloud.ts";
import type { ApiCall } from "../../../local/emulator/api-call.ts";
import { freePorts } from "../../../local/emulator/free-ports.ts";
import { benchPolicies, benchPoliciesAsking } from "../policies/bench-policies.ts";
import { writeBenchConfig } from "./bench-config.ts";
import { startWireTap, type WireTap } from "./wire-tap.ts";

/** Cloud of `npm start` on free ports, without the minute rules, with a tap between the functions and AWS. */
export interface BenchCloud extends Omit<Cloud, "hubAccount" | "targetAccount"> {
  readonly api: string;
  readonly tap: WireTap;
  /** Number of invocations of each function. */
  readonly invocations: Record<FunctionName, number>;
}

export interface BenchCloudOptions {
  readonly workDir: string;
  /** False connects the functions to AWS without the tap, which costs every call a hop; true by default. */
  readonly isTapped?: boolean;
  readonly hasRules?: boolean;
  /** Batching window of `collect`; milliseconds, 0 by default. */
  readonly collectsAfterMs?: number;
  readonly taskRoles?: number;
  /** True adds a policy that requires an approval, and people who approve; false by default. */
  readonly asks?: boolean;
  /** Endpoint of a running DynamoDB; started here by default. */
  readonly dynamodbEndpoint?: string;
  readonly onApiCall?: (call: ApiCall) => void;
}

export async function startBenchCloud(options: BenchCloudOptions): Promise<BenchCloud> {
  const [api = 0, aws = 0, issuers = 0, people = 0] = await freePorts(4);
  mkdirSync(options.workDir, { recursive: true });
  const tap = await startWireTap(`http://127.0.0.1:${aws}`);
  const invocations = Object.fromEntries(FUNCTIONS.map((name) => [name, 0])) as Record<FunctionName, number>;
  const cloud = await startCloud({
    ports: { api, aws, issuers, people },
    configFile: writeBenchConfig(
      options.workDir,
      { agents: `http://127.0.0.1:${issuers}/agents`, people: `http://127.0.0.1:${people}/people` },
      { taskRoles: options.taskRoles, asks: options.asks },
    ),
    policiesDir: (options.asks ? benchPoliciesAsking : benchPolicies)(join(options.workDir, "policies")),
    workDir: join(options.workDir, "cloud"),
    onInvoke: (name) => {
      invocations[name] += 1;
    },
    reachedAt: async (endpoint) => (options.isTapped === false ? endpoint : tap.endpoint),
    hasRules: options.hasRules ?? false,
    ...defined({ collectsAfterMs: options.collectsAfterMs }),
    ...(options.onApiCall ? { onApiCall: options.onApiCall } : {}),
    ...(options.dynamodbEndpoint ? { dynamodb: { endpoint: options.dynamodbEndpoint } } : {}),
  });
  return {
    ...cloud,
    api: `http://127.0.0.1:${api}`,
    tap,
    invocations,
    close: async () => {
      await cloud.close();
      await tap.close();
    },
  };
}
