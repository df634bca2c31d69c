import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { type BuiltDeployment, buildDeployment } from "../../../infra/config/build-deployment.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { ACCOUNT, benchPolicies, benchPoliciesAsking } from "../policies/bench-policies.ts";

export const URL_OF_HUB = "https://valetkey.bench.example";

/** Client of the people's issuer for votes. */
export const APPROVALS_CLIENT = "valetkey-approvals";

export interface BenchConfigOptions {
  /** Task roles; four by default. */
  readonly taskRoles?: number | undefined;
  /** True configures the group `sre`, whose approval one of the policies requires; false by default. */
  readonly asks?: boolean | undefined;
}

/** Writes the benchmarks' configuration: two issuers on loopback, one target account. @returns the file's path. */
export function writeBenchConfig(
  workDir: string,
  issuers: { readonly agents: string; readonly people: string },
  { taskRoles = 4, asks = false }: BenchConfigOptions = {},
): string {
  const votes = { approvals: { clientId: APPROVALS_CLIENT, freshness: "auth_time" as const } };
  const config: Config = {
    hub: { account: accountId("999900001111"), region: regionNamed("us-east-1") },
    url: URL_OF_HUB,
    issuers: [
      { name: "local", kind: "agents", preset: "generic", url: issuers.agents },
      {
        name: "staff",
        kind: "people",
        preset: "generic",
        url: issuers.people,
        groupsClaim: "groups",
        ...(asks ? votes : {}),
      },
    ],
    accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles }],
    ...(asks ? { approvers: { sre: { issuer: "staff", claim: "groups", value: "sre" } } } : {}),
    operators: [{ issuer: "staff", subject: "person:alice" }],
    // Random probes are off, so that all runs measure the same.
    receipts: { sample: 0 },
  };
  const configFile = join(workDir, "valetkey.json");
  writeFileSync(configFile, JSON.stringify(config));
  return configFile;
}

/** Builds the benchmarks' deployment with twenty policies, or with two more for approvals. */
export const buildBenchDeployment = (
  workDir: string,
  issuers: { readonly agents: string; readonly people: string },
  options: BenchConfigOptions = {},
): BuiltDeployment =>
  buildDeployment({
    configFile: writeBenchConfig(workDir, issuers, options),
    policiesDir: (options.asks ? benchPoliciesAsking : benchPolicies)(join(workDir, "policies")),
    outDir: join(workDir, "deployment"),
  });
