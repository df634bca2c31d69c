import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OidcIssuer } from "../../local/issuer/oidc-issuer.ts";
import { type BuiltDeployment, buildDeployment } from "../../scripts/build-deployment.ts";
import type { Config } from "../../scripts/config-schema.ts";
import { ACCOUNT, benchPolicies } from "../policies/bench-policies.ts";

export const URL_OF_HUB = "https://valetkey.bench.example";

/** What the benchmarks deploy: two issuers on loopback, one target account with four task roles, twenty policies. */
export function buildBenchDeployment(
  workDir: string,
  agents: Pick<OidcIssuer, "issuer">,
  people: Pick<OidcIssuer, "issuer">,
): BuiltDeployment {
  const config: Config = {
    hub: { account: "999900001111", region: "us-east-1" },
    url: URL_OF_HUB,
    issuers: [
      { name: "local", kind: "agents", preset: "generic", url: agents.issuer },
      { name: "staff", kind: "people", preset: "generic", url: people.issuer, groupsClaim: "groups" },
    ],
    accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles: 4 }],
    operators: [{ issuer: "staff", subject: "person:alice" }],
  };
  const configFile = join(workDir, "valetkey.json");
  writeFileSync(configFile, JSON.stringify(config));
  return buildDeployment({
    configFile,
    policiesDir: benchPolicies(join(workDir, "policies")),
    outDir: join(workDir, "deployment"),
  });
}
