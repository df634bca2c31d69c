import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltDeployment, buildDeployment } from "../../config/build-deployment.ts";
import type { Config } from "../../config/schema.ts";
import { ACCOUNT, benchPolicies } from "../policies/bench-policies.ts";

export const URL_OF_HUB = "https://valetkey.bench.example";

/** Writes the benchmarks' configuration: two issuers on loopback, one target account with four task roles by default. @returns the file's path. */
export function writeBenchConfig(
  workDir: string,
  issuers: { readonly agents: string; readonly people: string },
  taskRoles = 4,
): string {
  const config: Config = {
    hub: { account: "999900001111", region: "us-east-1" },
    url: URL_OF_HUB,
    issuers: [
      { name: "local", kind: "agents", preset: "generic", url: issuers.agents },
      { name: "staff", kind: "people", preset: "generic", url: issuers.people, groupsClaim: "groups" },
    ],
    accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles }],
    operators: [{ issuer: "staff", subject: "person:alice" }],
    // No random probes, so that each run measures the same.
    receipts: { sample: 0 },
  };
  const configFile = join(workDir, "valetkey.json");
  writeFileSync(configFile, JSON.stringify(config));
  return configFile;
}

/** Builds the benchmarks' deployment with twenty policies. */
export const buildBenchDeployment = (
  workDir: string,
  issuers: { readonly agents: string; readonly people: string },
): BuiltDeployment =>
  buildDeployment({
    configFile: writeBenchConfig(workDir, issuers),
    policiesDir: benchPolicies(join(workDir, "policies")),
    outDir: join(workDir, "deployment"),
  });
