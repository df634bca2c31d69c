import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CONNECTOR_ACTIONS } from "../../../functions/connectors/connectors.ts";
import { describeGithub } from "../../../functions/connectors/github/describe-github.ts";
import type { GithubDetail } from "../../../functions/connectors/github/github-detail.ts";
import { describeOauth } from "../../../functions/connectors/oauth/oauth-detail.ts";
import { describePostgres } from "../../../functions/connectors/postgres/describe-postgres.ts";
import { parsePostgres } from "../../../functions/connectors/postgres/postgres-detail.ts";
import { describeSecret } from "../../../functions/connectors/secret/secret-detail.ts";
import { Place } from "../../../functions/core/intent/place.ts";
import type { Question } from "../../../functions/core/intent/question.ts";
import type { Policies, Query } from "../../../functions/core/policy/query.ts";
import { inspectPolicies } from "../../../functions/policy/read/inspect-policies.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { cedarOf } from "../core/cedar-of.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SCHEMA = readFileSync(`${ROOT}policies/schema.cedarschema`, "utf8");
const DATABASES = ["orders", "crm"].map((name) => ({
  name,
  host: "db",
  port: 5_432,
  database: name,
  adminSecret: "databases/orders",
}));

/** The policies in a page of the documentation. */
const policiesIn = (page: string): readonly string[] =>
  [...readFileSync(`${ROOT}docs/connectors/${page}`, "utf8").matchAll(/^```cedar\n([\s\S]*?)^```/gm)].flatMap(
    ([, text = ""]) => text.split(/\n\n(?=@id)/),
  );

const faultsOf = (texts: readonly string[]) =>
  inspectPolicies(
    texts.map((text, index) => ({ name: `${index}.cedar`, path: `${index}.cedar`, text })),
    { path: "schema.cedarschema", text: SCHEMA },
    catalogue,
  ).faults;

/** The exchange's query of policy; the agent is of team data. */
function queryOf({ action, groups, resource }: Question): Query {
  const principal = { type: "Agent", id: "demo" };
  const parents = groups.map((id) => ({ type: "Action", id }));
  const standIns = [{ type: "Team", id: "data" }, ...parents, ...resource.parents];
  return {
    principal,
    action: { type: "Action", id: action },
    resource: resource.uid,
    context: { purpose: "a report", ttl: 900, time: { hour: 12, weekday: 2 } },
    entities: [
      {
        uid: principal,
        attrs: { id: "demo", owner: "o", team: "data" },
        parents: [{ type: "Team", id: "data" }],
        tags: {},
      },
      { uid: { type: "Action", id: action }, attrs: {}, parents },
      resource,
      ...standIns.map((uid) => ({ uid, attrs: {}, parents: [] })),
    ],
  };
}

const answers = (policies: Policies, questions: readonly Question[]) =>
  questions.map((question) => {
    const { allowed, errored } = policies.evaluate(queryOf(question));
    return [question.action, question.target, errored.length > 0 ? "errored" : allowed];
  });

describe("the postgres connector's questions to policy", () => {
  const POLICIES = policiesIn("postgres.md");
  const questions = (more: object) =>
    describePostgres(
      parsePostgres(
        { type: "postgres", database: "orders", privileges: ["SELECT"], ...more },
        new Place("[0]"),
        DATABASES,
      ),
    );

  it("can be answered by the policies of its page, which the schema allows", () => {
    expect(POLICIES).toHaveLength(2);
    expect(faultsOf(POLICIES)).toEqual([]);
    const policies = cedarOf(POLICIES);
    expect(answers(policies, questions({ columns: { "public.orders": ["total", "id"] } }))).toEqual([
      ["postgres:Select", "orders/public.orders(id, total)", true],
    ]);
    // The column that is forbidden, the table that holds it, and what nobody permits.
    expect(answers(policies, questions({ columns: { "public.orders": ["id", "card"] } }))[0]?.[2]).toBe(false);
    expect(answers(policies, questions({ tables: ["public.orders"] }))[0]?.[2]).toBe(false);
    expect(
      answers(
        policies,
        questions({ privileges: ["SELECT", "UPDATE"], columns: { "public.orders": ["id"], "public.other": ["id"] } }),
      ),
    ).toEqual([
      ["postgres:Select", "orders/public.orders(id)", true],
      ["postgres:Select", "orders/public.other(id)", false],
      ["postgres:Update", "orders/public.orders(id)", false],
      ["postgres:Update", "orders/public.other(id)", false],
    ]);
    expect(answers(policies, questions({ database: "crm", columns: { "public.orders": ["id"] } }))[0]?.[2]).toBe(false);
  });

  it("is not answered by a policy that forgets the whole table: the schema does not take it", () => {
    const careless = `@id("careless") forbid (principal, action == Action::"postgres:Select", resource is Table)
      when { resource.columns.contains("card") };`;
    expect(faultsOf([careless])).toMatchObject([{ code: "schema_violation", policy: "careless" }]);
  });

  it("has groups that policies may name, and names that they may not invent", () => {
    const permit = (action: string) => `@id("p") permit (principal, ${action}, resource is Table);`;
    expect(faultsOf([permit('action in Action::"postgres:Write"')])).toEqual([]);
    expect(faultsOf([permit('action == Action::"postgres:Truncate"')])).toMatchObject([{ code: "unknown_action" }]);
    expect(faultsOf([permit('action == Action::"secret:Read"')])[0]).toMatchObject({ code: "schema_violation" });
  });
});

const ofTeam = (policies: readonly string[], team: string) =>
  cedarOf(policies.map((text) => text.replaceAll(`Team::"${team}"`, 'Team::"data"')));

describe("the oauth connector's questions to policy", () => {
  const POLICIES = policiesIn("oauth.md");
  const [CONTACTS, DEALS] = ["https://api.crm.example", "https://deals.crm.example"];
  const questions = (more: object) =>
    describeOauth({ type: "oauth", provider: "crm", scopes: ["contacts.read", "contacts.write"], ...more });

  it("can be answered by the policies of its page, which the schema allows", () => {
    expect(POLICIES).toHaveLength(2);
    expect(faultsOf(POLICIES)).toEqual([]);
    expect(answers(ofTeam(POLICIES, "sales"), questions({}))).toEqual([
      ["oauth:Use", "crm/contacts.read", true],
      ["oauth:Use", "crm/contacts.write", false],
    ]);
    expect(answers(ofTeam(POLICIES, "sales"), questions({ provider: "erp" })).map(([, , answer]) => answer)).toEqual([
      false,
      false,
    ]);
  });

  it("name for whom the token is, so that a rule can depend on it", () => {
    const [, forbid = ""] = POLICIES;
    const all = '@id("all") permit (principal, action == Action::"oauth:Use", resource in OauthProvider::"crm");';
    const policies = cedarOf([all, forbid]);
    const deals = { scopes: ["deals.read"] };
    expect(answers(policies, questions(deals))).toEqual([["oauth:Use", "crm/deals.read", false]]);
    expect(answers(policies, questions({ ...deals, resource: CONTACTS }))[0]?.[2]).toBe(false);
    expect(answers(policies, questions({ ...deals, resource: DEALS }))).toEqual([
      ["oauth:Use", `crm/deals.read at ${DEALS}`, true],
    ]);
    expect(questions({ ...deals, audience: "deals" })[0]?.target).toBe("crm/deals.read for deals");
  });
});

describe("the github connector's questions to policy", () => {
  const POLICIES = policiesIn("github.md");
  const questions = (repositories: readonly string[], permissions: GithubDetail["permissions"]) =>
    describeGithub({ type: "github", repositories, permissions });

  it("can be answered by the policies of its page, which the schema allows", () => {
    expect(POLICIES).toHaveLength(2);
    expect(faultsOf(POLICIES)).toEqual([]);
    const policies = ofTeam(POLICIES, "web");
    expect(answers(policies, questions(["acme/site", "acme/api"], { contents: "write", issues: "read" }))).toEqual([
      ["github:Read", "acme/site:contents", true],
      ["github:Read", "acme/api:contents", false],
      ["github:Write", "acme/site:contents", true],
      ["github:Write", "acme/api:contents", false],
      ["github:Read", "acme/site:issues", false],
      ["github:Read", "acme/api:issues", false],
    ]);
  });

  it("include reading where the request is for writing, so that a rule that forbids reading is seen", () => {
    const all = '@id("all") permit (principal, action, resource is RepositoryPermission);';
    const policies = cedarOf([all, POLICIES[1] ?? ""]);
    expect(answers(policies, questions(["acme/payroll"], { contents: "write" }))).toEqual([
      ["github:Read", "acme/payroll:contents", false],
      ["github:Write", "acme/payroll:contents", true],
    ]);
  });

  it("include each level that GitHub has, and none that it does not have", () => {
    expect(
      questions(["acme/site"], { workflows: "write", repository_projects: "admin" }).map(({ action }) => action),
    ).toEqual(["github:Write", "github:Read", "github:Write", "github:Admin"]);
  });
});

describe("the secret connector's questions to policy", () => {
  const questions = describeSecret({
    type: "secret",
    actions: ["read"],
    identifiers: ["reports/api-key", "reports/other"],
  });

  it("can be answered by the policy of its page", () => {
    const [policy = ""] = policiesIn("secret.md");
    expect(faultsOf([policy])).toEqual([]);
    expect(answers(cedarOf([policy]), questions)).toEqual([
      ["secret:Read", "reports/api-key", true],
      ["secret:Read", "reports/other", false],
    ]);
  });

  it("is about actions that are none of AWS's, so that no group of AWS's holds them", () => {
    for (const name of CONNECTOR_ACTIONS.keys()) expect(catalogue.service(name.split(":")[0] ?? "")).toBeUndefined();
  });
});
