import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../contract/limits.ts";
import { describeGithub, narrowGithub } from "../../functions/connectors/github/describe-github.ts";
import type { GithubApp } from "../../functions/connectors/github/github-apps.ts";
import { parseGithub } from "../../functions/connectors/github/github-detail.ts";
import { repositoryName } from "../../functions/connectors/github/repository-name.ts";
import { describeOauth, narrowOauth, parseOauth } from "../../functions/connectors/oauth/oauth-detail.ts";
import type { OauthProvider } from "../../functions/connectors/oauth/oauth-providers.ts";
import type { Database } from "../../functions/connectors/postgres/databases.ts";
import { describePostgres, narrowPostgres } from "../../functions/connectors/postgres/describe-postgres.ts";
import { ROLE_NAME, roleNameOf } from "../../functions/connectors/postgres/postgres-connector.ts";
import { parsePostgres } from "../../functions/connectors/postgres/postgres-detail.ts";
import { nameProblem, parseTableName, quotedTable, tableText } from "../../functions/connectors/postgres/table-name.ts";
import { describeSecret, narrowSecret, parseSecret } from "../../functions/connectors/secret/secret-detail.ts";
import type { Connector } from "../../functions/core/connectors/connector.ts";
import type { TypedDetail } from "../../functions/core/intent/detail.ts";
import { isRecord, Place } from "../../functions/core/intent/place.ts";
import type { Question } from "../../functions/core/intent/question.ts";
import type { SecretState } from "../../functions/core/secrets/secret-lock.ts";
import { taskPath } from "../../functions/core/task-path.ts";
import { FakeSecretLocks } from "../fakes/secrets/secret-locks.ts";
import { nearly, unlessRefused } from "./only-refusals.ts";

const DATABASES: readonly Database[] = [
  { name: "orders", host: "db", port: 5_432, database: "orders", adminSecret: "databases/orders" },
];
const PROVIDERS: readonly OauthProvider[] = ["crm", "erp"].map((name) => ({
  name,
  issuer: "https://login.example.com",
  endpoints: "oidc",
  clientId: "valetkey",
  authentication: { method: "client_secret_basic", clientSecret: "oauth/crm" },
  grant: { type: "client_credentials" },
  scopes: ["a", "b", "a/b", "__proto__"],
  resources: ["https://api.example.com", "a for b"],
  audiences: ["b"],
  maxTokenSeconds: 600,
}));
const APPS: readonly GithubApp[] = ["acme", "globex"].map((owner) => ({
  owner,
  appId: 1,
  installationId: 1,
  privateKey: "github/app",
  apiUrl: "https://api.github.com",
  permissions: { contents: "write", issues: "read", workflows: "write", repository_projects: "admin" },
}));
type Pure = Pick<Connector, "parse" | "describe" | "narrow">;
const POSTGRES: Pure = {
  parse: (detail, place) => parsePostgres(detail, place, DATABASES),
  describe: describePostgres as Connector["describe"],
  narrow: narrowPostgres as Connector["narrow"],
};
const SECRET: Pure = {
  parse: (detail, place) => parseSecret(detail, place, ["databases/orders"]),
  describe: describeSecret as Connector["describe"],
  narrow: narrowSecret as Connector["narrow"],
};

const OAUTH: Pure = {
  parse: (detail, place) => parseOauth(detail, place, PROVIDERS),
  describe: describeOauth as Connector["describe"],
  narrow: narrowOauth as Connector["narrow"],
};
const GITHUB: Pure = {
  parse: (detail, place) => parseGithub(detail, place, APPS),
  describe: describeGithub as Connector["describe"],
  narrow: narrowGithub as Connector["narrow"],
};

const tableName = fc.constantFrom(
  "public.orders",
  'public."Order ""Lines"""',
  "sales.t",
  "sales.orders",
  '"ż;".x',
  "__proto__.x",
);
const privileges = fc.uniqueArray(fc.constantFrom("SELECT", "INSERT", "UPDATE", "DELETE"), { minLength: 1 });
const postgres = fc.record(
  {
    type: fc.constant("postgres"),
    database: fc.constant("orders"),
    privileges,
    tables: fc.uniqueArray(tableName, { minLength: 1, maxLength: 3 }),
    columns: fc.dictionary(
      tableName,
      fc.uniqueArray(fc.constantFrom("id", "a, b", 'c"', "__proto__"), { minLength: 1 }),
      {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      },
    ),
  },
  { requiredKeys: ["type", "database", "privileges"], noNullPrototype: true },
);
const mostly = (good: readonly string[], bad: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const secret = fc.record({
  type: fc.constant("secret"),
  actions: fc.constant(["read"]),
  identifiers: fc.uniqueArray(mostly(["reports/key", "a", "b@c"], ["databases/orders", "valetkey/x", "*"]), {
    minLength: 1,
  }),
});

const oauth = fc.record(
  {
    type: fc.constant("oauth"),
    provider: mostly(["crm", "erp"], ["other"]),
    scopes: fc.uniqueArray(mostly(["a", "b", "a/b", "__proto__"], ["c", "a b", ""]), { minLength: 1 }),
    resource: mostly(["https://api.example.com", "a for b"], ["https://other.example.com"]),
    audience: fc.constant("b"),
  },
  { requiredKeys: ["type", "provider", "scopes"], noNullPrototype: true },
);
const github = fc.record(
  {
    type: fc.constant("github"),
    repositories: fc.uniqueArray(
      mostly(["acme/site", "acme/api", "Acme/Site", "acme/x.y"], ["globex/site", "acme/.."]),
      {
        minLength: 1,
      },
    ),
    permissions: fc.record(
      {
        contents: fc.constantFrom("read", "write"),
        issues: mostly(["read"], ["write"]),
        workflows: mostly(["write"], ["read"]),
        repository_projects: fc.constantFrom("read", "write", "admin"),
      },
      { requiredKeys: ["contents"], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

describe.each<[string, Pure, fc.Arbitrary<unknown>]>([
  ["postgres", POSTGRES, postgres],
  ["secret", SECRET, secret],
  ["oauth", OAUTH, oauth],
  ["github", GITHUB, github],
])("a detail of type %s", (_type, connector, good) => {
  const parse = (json: unknown): TypedDetail | undefined =>
    isRecord(json) ? unlessRefused(() => connector.parse(json, new Place("[0]"))) : undefined;

  it("I10: is parsed or refused, whatever its content; a parsed detail parses to itself", () => {
    let parsed = 0;
    fc.assert(
      fc.property(nearly(good), (json) => {
        const detail = parse(JSON.parse(JSON.stringify(json) ?? "null"));
        if (!detail) return;
        parsed += 1;
        expect(parse(JSON.parse(JSON.stringify(detail)))).toEqual(detail);
        expect(connector.describe(detail).length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
    expect(parsed).toBeGreaterThan(10);
  });

  it("I1: is narrowed to exactly the permitted questions", () => {
    fc.assert(
      fc.property(good, fc.infiniteStream(fc.boolean()), (json, coin) => {
        const detail = parse(json);
        if (!detail) return;
        const questions = connector.describe(detail);
        const drawn = questions.filter(() => coin.next().value === true);
        const permitted = drawn.filter((question) => hasAllBelow(question, drawn, questions));
        const left = connector.narrow(detail, permitted).flatMap((part) => connector.describe(part));
        const key = ({ action, target }: { action: string; target: string }) => JSON.stringify([action, target]);
        expect(left.map(key).sort()).toEqual(permitted.map(key).sort());
        // Each part is a detail that could have been requested.
        for (const part of connector.narrow(detail, permitted)) expect(parse(part)).toEqual(part);
      }),
    );
  });
});

/** A level of GitHub's is valid only together with the levels below it: no token may write without reading. */
const LEVELS = ["github:Read", "github:Write", "github:Admin"];
const hasAllBelow = (
  { action, target }: Question,
  drawn: readonly Question[],
  questions: readonly Question[],
): boolean =>
  questions
    .filter((each) => each.target === target && LEVELS.indexOf(each.action) < LEVELS.indexOf(action))
    .every((each) => drawn.includes(each));

it("a repository's name has one spelling, and cannot lead elsewhere in a URL", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aZ0._-/%?#@: \n\u212a\u0430"), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((name) => `acme/${name}`),
      ),
      (given) => {
        const parsed = repositoryName(given);
        if (!parsed) return;
        const spelt = `${parsed.owner}/${parsed.name}`;
        expect(repositoryName(spelt)).toEqual(parsed);
        expect(spelt).toBe(given.toLowerCase());
        expect(new URL(`https://api.example.com/repos/${spelt}/installation`).pathname).toBe(
          `/repos/${spelt}/installation`,
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

describe("a table's name", () => {
  const name = fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .filter((text) => nameProblem(text) === undefined);
  const table = fc.record(
    { schema: name.filter((text) => !/^pg_|^information_schema$/.test(text)), name },
    { noNullPrototype: true },
  );

  it("denotes the same table in SQL and in a detail, whatever characters it has", () => {
    fc.assert(
      fc.property(table, (given) => {
        expect(parseTableName(tableText(given))).toEqual(given);
        expect(parseTableName(quotedTable(given))).toEqual(given);
      }),
      { numRuns: 1_000 },
    );
  });

  it("cannot be mistaken for another name: a parsed name is spelled as it was given", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab."A; _$1pgż\0'), maxLength: 12 }), (text) => {
        const parsed = parseTableName(text);
        if (!("problem" in parsed)) expect(parseTableName(tableText(parsed))).toEqual(parsed);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused where PostgreSQL would fold it to another name, or has no such table for users", () => {
    for (const text of [
      "orders",
      "Public.orders",
      "public.Orders",
      "a.b.c",
      "a.",
      ".b",
      "",
      "pg_catalog.pg_authid",
      "pg_temp.x",
    ])
      expect([text, "problem" in parseTableName(text)]).toEqual([text, true]);
    for (const odd of ["n".repeat(64), "ż".repeat(32), "x".repeat(1_000), "a\0b", "\ud800"])
      expect("problem" in parseTableName(`public."${odd}"`)).toBe(true);
  });
});

it("a login's name is within PostgreSQL's 63 bytes, and distinguishes leases, however deep their task is", () => {
  const letters = (count: number) =>
    fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789"), minLength: count, maxLength: count });
  const path = fc
    .tuple(letters(12), fc.array(letters(4), { maxLength: 9 }))
    .map(([root, below]) => taskPath([root, ...below, ""].join(".")) ?? expect.unreachable());
  const lease = fc
    .tuple(path, fc.nat(LIMITS.details - 1))
    .map(([own, index]) => ({ path: own, name: `postgres-${index}` }));
  fc.assert(
    fc.property(lease, lease, (one, other) => {
      const name = roleNameOf(one);
      expect(name).toMatch(ROLE_NAME);
      // Every login can list the server's logins, so a name must not reveal a task's path.
      expect(name).not.toContain(one.path.slice(0, 12));
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
      expect(name === roleNameOf(other)).toBe(one.path === other.path && one.name === other.name);
    }),
  );
});

describe("secrets under lock", () => {
  type Step =
    | { readonly take: readonly string[]; readonly by: string; readonly rotates: boolean; readonly forSeconds: number }
    | { readonly release: readonly string[]; readonly by: string }
    | { readonly rotated: string }
    | { readonly pass: number };
  const names = fc.subarray(["a", "b", "c"], { minLength: 1 });
  const by = fc.constantFrom("one", "two", "three");
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ take: names, by, rotates: fc.boolean(), forSeconds: fc.nat(300) }) },
    { weight: 3, arbitrary: fc.record({ release: names, by }) },
    fc.record({ rotated: fc.constantFrom("a", "b", "c") }),
    fc.record({ pass: fc.nat(400) }),
  );

  it("are locked all or none, never while another task holds them, and a used one only after its rotation, in any order of steps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let nowSeconds = 1_800_000_000;
        const locks = new FakeSecretLocks(() => nowSeconds * 1_000);
        /** Secrets whose value some holder knows, and which have to be rotated. */
        const used = new Set<string>();
        for (const each of steps) {
          const before = new Map<string, SecretState>(locks.known);
          if ("pass" in each) nowSeconds += each.pass;
          else if ("rotated" in each) {
            if (await locks.recordRotated(each.rotated, nowSeconds)) used.delete(each.rotated);
          } else if ("release" in each) {
            await locks.release(each.release, each.by, nowSeconds);
            for (const [name, state] of before)
              if (state.holder !== undefined && state.holder !== each.by) expect(locks.known.get(name)).toEqual(state);
          } else {
            const wanted = each.take.map((name) => ({ name, arn: name, rotates: each.rotates }));
            const error = await locks
              .take(wanted, each.by, nowSeconds + each.forSeconds)
              .catch((reason: unknown) => reason);
            if (error !== undefined) expect([...locks.known]).toEqual([...before]);
            else
              for (const name of each.take) {
                const held = before.get(name);
                if (held?.status === "held" && held.holder !== each.by)
                  expect((held.until ?? 0) < nowSeconds && !held.rotates).toBe(true);
                if (held?.holder !== each.by) expect(used.has(name)).toBe(false);
                if (each.rotates) used.add(name);
              }
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
