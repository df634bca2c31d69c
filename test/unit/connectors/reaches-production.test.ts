import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { CONNECTOR_TYPES } from "../../../functions/connectors/connectors.ts";
import { productionOf, reachesProduction } from "../../../functions/connectors/reaches-production.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import type { Detail } from "../../../functions/core/intent/detail.ts";
import { DEPLOYMENT } from "../../fakes/world/world.ts";

const [production, aws] = [true as const, { actions: ["s3:GetObject"], resources: ["*"] }];
const app = { appId: 1, installationId: 1, privateKey: "a", apiUrl: "https://api.github.com", permissions: {} };
const provider = {
  ...({ issuer: "https://a.test", endpoints: "oidc", clientId: "a", grant: { type: "client_credentials" } } as const),
  authentication: { method: "client_secret_basic", clientSecret: "a" },
  ...{ scopes: ["a"], resources: [], audiences: [], maxTokenSeconds: 60 },
} as const;
const database = { host: "db.test", port: 5432, database: "a", adminSecret: "a" };

const MARKED: Deployment = {
  ...DEPLOYMENT,
  accounts: [
    { id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 1, production },
    { id: accountId("444455556666"), region: regionNamed("eu-central-1"), taskRoles: 1 },
  ],
  databases: [
    { name: "orders", ...database, production },
    { name: "tests", ...database },
  ],
  oauthProviders: [
    { name: "crm", ...provider, production },
    { name: "sandbox", ...provider },
  ],
  githubApps: [
    { owner: "acme", ...app, production },
    { owner: "acme-labs", ...app },
  ],
  secrets: [{ name: "prod/*", production }, { name: "one", production }, { name: "test/*" }],
  toolServers: [
    { id: agentId("tickets"), resource: "https://a.test", production },
    { id: agentId("wiki"), resource: "https://b.test" },
  ],
};

/** A detail of each type, about what is marked and about what is not. */
const DETAILS: Readonly<Record<string, readonly [marked: readonly object[], others: readonly object[]]>> = {
  aws: [
    [{ ...aws, account: "111122223333" }],
    [
      { ...aws, account: "444455556666" },
      { ...aws, account: "000000000000" },
    ],
  ],
  tool: [
    [{ server: "tickets", tools: ["a"] }],
    [
      { server: "wiki", tools: ["a"] },
      { server: "nobody", tools: ["a"] },
    ],
  ],
  postgres: [[{ database: "orders" }], [{ database: "tests" }]],
  oauth: [[{ provider: "crm", scopes: ["a"] }], [{ provider: "sandbox", scopes: ["a"] }]],
  github: [
    [
      { repositories: ["acme/site"], permissions: {} },
      { repositories: ["ACME/site"], permissions: {} },
    ],
    [{ repositories: ["acme-labs/site"], permissions: {} }],
  ],
  secret: [
    [{ identifiers: ["prod/key"] }, { identifiers: ["test/key", "prod/key"] }, { identifiers: ["one"] }],
    [{ identifiers: ["test/key"] }, { identifiers: ["one/more"] }, { identifiers: ["production/key"] }],
  ],
};

const reaches = (type: string, details: readonly object[], deployment = MARKED) =>
  details.map((detail) => reachesProduction({ type, ...detail } as Detail, deployment));

describe("a detail of production", () => {
  it.each(["aws", "tool", ...CONNECTOR_TYPES])("is one that reaches what is marked, and no other: %s", (type) => {
    const [marked, others] = DETAILS[type] ?? [[], []];
    expect(marked.length + others.length).toBeGreaterThan(1);
    expect(reaches(type, marked)).toEqual(marked.map(() => true));
    expect(reaches(type, others)).toEqual(others.map(() => false));
    expect(reaches(type, marked, DEPLOYMENT)).toEqual(marked.map(() => false));
  });

  it("is one of a type that is not known", () => expect(reaches("unknown", [{}])).toEqual([true]));

  it("is named by its account or its entry", () => {
    expect(productionOf(MARKED)).toEqual([
      ...["111122223333", "postgres:orders", "secret:prod/*", "secret:one", "oauth:crm", "github:acme", "tool:tickets"],
    ]);
  });
});
