import { generateKeyPairSync } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { RestGithubApps } from "../../../functions/adapters/github/rest-github-apps.ts";
import type { GithubApp } from "../../../functions/connectors/github/github-apps.ts";
import { githubConnector } from "../../../functions/connectors/github/github-connector.ts";
import type { IssuedCredential } from "../../../functions/core/connectors/connector.ts";
import { Place } from "../../../functions/core/intent/place.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { holderOf } from "../../../functions/core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import { FakeSealer } from "../../fakes/secrets/sealer.ts";
import { connectorContract, planFor, type TestedConnector } from "./connector.contract.ts";
import { APP_ID, type GithubServer, INSTALLATION_ID, runGithub } from "./running-github.ts";

type Credential = IssuedCredential["credential"];
const tokenOf = ({ token }: Credential) => String(token);
/** Lines of the key that a quotation of it would contain. */
const linesOf = (pem: string) => pem.split("\n").filter((line) => line.length > 40);
const nowSeconds = () => Math.floor(Date.now() / 1_000);

let server: GithubServer;
let acme: GithubApp;
const secrets = new Map<string, string>();
beforeAll(async () => {
  server = await runGithub();
  secrets.set("github/app", server.github.pem);
  secrets.set(
    "github/other",
    generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  );
  secrets.set(
    "github/ec",
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  );
  secrets.set("github/none", "not a key");
  acme = {
    owner: "acme",
    appId: APP_ID,
    installationId: INSTALLATION_ID,
    privateKey: "github/app",
    apiUrl: server.url,
    permissions: { contents: "write", issues: "read", metadata: "read" },
  };
});
afterAll(async () => {
  vi.useRealTimers();
  await server?.close();
});
afterEach(() => {
  server.github.instead = undefined;
  server.github.change = (body) => body;
  delete server.github.acme.suspendedAt;
});

const sealer = new FakeSealer();
const connectorOf = (...githubApps: readonly GithubApp[]) =>
  githubConnector({
    deployment: { githubApps },
    clock: { nowMs: () => Date.now() },
    sealer,
    github: new RestGithubApps(
      async (name) => secrets.get(name) ?? "",
      () => Date.now(),
      2_000,
    ),
  });

/** Operations that nobody requested. */
const BESIDE: readonly (readonly [method: string, path: string])[] = [
  ["PUT", "/repos/acme/site/contents/README.md"],
  ["GET", "/repos/acme/site/issues"],
  ["GET", "/repos/acme/payroll/contents/README.md"],
  ["GET", "/repos/acme/payroll/metadata"],
  ["GET", "/repos/globex/plans/contents/README.md"],
  ["POST", `/app/installations/${INSTALLATION_ID}/access_tokens`],
  ["GET", `/app/installations/${INSTALLATION_ID}`],
];

function testedWith(app: GithubApp): TestedConnector {
  const connector = connectorOf(app);
  const tokens = new Map<string, string[]>();
  const tokensOf = (lease: ConnectorLease) => tokens.get(holderOf(lease)) ?? [];
  return {
    connector: {
      ...connector,
      issue: async (planned) => {
        const issued = await connector.issue(planned as Parameters<typeof connector.issue>[0]);
        tokens.set(holderOf(issued.lease), [...tokensOf(issued.lease), tokenOf(issued.credential)]);
        return issued;
      },
    } as TestedConnector["connector"],
    asked: () => ({ type: "github", repositories: ["acme/site"], permissions: { contents: "read" } }),
    nowSeconds,
    works: async (credential) =>
      (await server.tried(tokenOf(credential), "GET", "/repos/acme/site/contents/README.md")) === 200,
    doesBeside: async (credential) => {
      const statuses = await Promise.all(
        BESIDE.map(
          async ([method, path]) =>
            [`${method} ${path}`, await server.tried(tokenOf(credential), method, path)] as const,
        ),
      );
      return statuses.filter(([, status]) => status < 400).map(([what]) => what);
    },
    dies: true,
    remains: async (lease) => {
      const tried = tokensOf(lease).map((token) => server.tried(token, "GET", "/installation/repositories"));
      return (await Promise.all(tried)).includes(200);
    },
    forget: async (lease) => {
      for (const token of tokensOf(lease)) server.github.tokens.delete(token);
    },
    provider: (state) => server.wire.become(state),
    boundMs: 4_000,
    clocksShow: (atSeconds) =>
      atSeconds === undefined
        ? vi.useRealTimers()
        : void vi.useFakeTimers({ toFake: ["Date"], now: atSeconds * 1_000 }),
    traces: async () => server.github.log.join("\n"),
    secretsIn: (credential) => [tokenOf(credential), ...[...secrets.values()].flatMap(linesOf)],
  };
}

describe("the github connector", () => {
  let tested: TestedConnector;
  beforeAll(() => {
    tested = testedWith(acme);
  });

  connectorContract(() => tested);

  const issue = (given: object = {}, app: GithubApp = acme) => {
    const connector = connectorOf(app);
    const detail = { type: "github", repositories: ["acme/site"], permissions: { contents: "read" }, ...given };
    const planned = planFor({ connector: connector as TestedConnector["connector"], asked: () => detail, nowSeconds });
    return connector.issue(planned as Parameters<typeof connector.issue>[0]);
  };
  const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
    const error = await call.catch((reason: unknown) => reason);
    if (!(error instanceof Refusal)) throw new Error("not refused", { cause: error });
    return error;
  };

  it("issues for several repositories and permissions, whatever their capitals", async () => {
    const { credential, lease } = await issue({
      repositories: ["Acme/SITE", "acme/api"],
      permissions: { contents: "write", issues: "read" },
    });
    expect(credential).toMatchObject({
      repositories: ["acme/site", "acme/api"],
      permissions: { contents: "write", issues: "read", metadata: "read" },
      api_url: server.url,
    });
    const statuses = await Promise.all([
      server.tried(tokenOf(credential), "PUT", "/repos/acme/api/contents/x"),
      server.tried(tokenOf(credential), "PUT", "/repos/acme/api/issues"),
      server.tried(tokenOf(credential), "GET", "/repos/acme/payroll/contents/x"),
    ]);
    expect(statuses).toEqual([200, 403, 404]);
    expect(await tested.connector.revoke(lease)).toBe("revoked");
    expect(await server.tried(tokenOf(credential), "PUT", "/repos/acme/api/contents/x")).toBe(401);
  });

  it("shows GitHub a token of the App that lives for minutes, and never the key", async () => {
    const seen: string[] = [];
    server.github.instead = ({ headers }) => {
      seen.push(headers.authorization ?? "");
      return undefined;
    };
    await issue();
    const { iss, iat = 0, exp = 0 } = decodeJwt(seen[0]?.slice("Bearer ".length) ?? "");
    expect(iss).toBe(String(APP_ID));
    expect(iat).toBeLessThanOrEqual(nowSeconds() - 60);
    expect(exp - iat).toBeLessThanOrEqual(600);
  });

  it.each<[string, object, string]>([
    ["one that does not exist", { repositories: ["acme/nothing"] }, "repositories[0]"],
    ["the one of them that does not exist", { repositories: ["acme/site", "acme/nothing"] }, "repositories[1]"],
    ["all that do not exist", { repositories: ["acme/a", "acme/site", "acme/b"] }, "repositories[0], repositories[2]"],
    ["one that has another name by now", { repositories: ["acme/old-site"] }, "repositories[0]"],
  ])("reports that the repositories %s, and issues nothing", async (_case, given, places) => {
    const before = server.github.tokens.size;
    const refusal = await refusalOf(issue(given));
    expect(refusal).toMatchObject({ code: "intent_invalid", status: 400 });
    expect(refusal.detail.say).toBe(
      `authorization_details[0]: ${places} does not exist, or this deployment's App is not installed on it.`,
    );
    expect(server.github.tokens.size).toBe(before);
  });

  it.each<[string, (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>, string]>([
    [
      "a permission more",
      (body) => ({ ...body, permissions: { contents: "read", issues: "read" } }),
      "other permissions than requested",
    ],
    ["a higher level", (body) => ({ ...body, permissions: { contents: "write" } }), "other permissions than requested"],
    [
      "a level that nobody knows",
      (body) => ({ ...body, permissions: { contents: "all" } }),
      "other permissions than requested",
    ],
    [
      "to write metadata",
      (body) => ({ ...body, permissions: { metadata: "write" } }),
      "other permissions than requested",
    ],
    [
      "a repository more",
      (body) => ({ ...body, repositories: [{ full_name: "Acme/Site" }, { full_name: "Acme/api" }] }),
      "other repositories than requested",
    ],
    [
      "another owner's repository",
      (body) => ({ ...body, repositories: [{ full_name: "globex/site" }] }),
      "other repositories than requested",
    ],
    ["repositories without names", (body) => ({ ...body, repositories: [{}] }), "other repositories than requested"],
    ["every repository", (body) => ({ ...body, repository_selection: "all" }), "every repository"],
    ["no list of repositories", ({ repositories: _, ...body }) => body, "every repository"],
    ["no repository", (body) => ({ ...body, repositories: [] }), "no repository"],
    ["no end", ({ expires_at: _, ...body }) => body, "a token without a lifetime"],
    [
      "an end tomorrow",
      (body) => ({ ...body, expires_at: new Date(Date.now() + 86_400_000).toISOString() }),
      "a token that lives longer than an hour",
    ],
  ])("hands out no token that came with %s: it revokes the token at once", async (_case, change, why) => {
    server.github.change = change;
    const refusal = await refusalOf(issue());
    expect(refusal).toMatchObject({ code: "connector_refused", detail: { why: `${why}; revoked` } });
    expect(server.github.log.slice(-2).map((line) => line.split(" ")[0])).toEqual(["POST", "DELETE"]);
    expect(server.github.log.at(-1)).toBe("DELETE /installation/token 204");
  });

  it("hands out no token that cannot be sent, and reports that the token is still alive", async () => {
    server.github.change = (body) => ({ ...body, token: "canary token\n" });
    const refusal = await refusalOf(issue());
    expect(refusal.detail.why).toBe("a token that cannot be sent; could not be revoked");
  });

  it("finds no repository through another installation than the configured one", async () => {
    // The owner's repositories are another installation's.
    const mixed = { ...acme, owner: "globex" };
    const refusal = await refusalOf(issue({ repositories: ["globex/plans"] }, mixed));
    expect(refusal).toMatchObject({
      code: "intent_invalid",
      detail: { say: expect.stringContaining("repositories[0] ") },
    });
  });

  it("accepts only repositories of one owner in one detail, though it knows both owners", () => {
    const connector = connectorOf(acme, { ...acme, owner: "globex", installationId: 2 });
    const detail = { type: "github", repositories: ["acme/site", "globex/plans"], permissions: { contents: "read" } };
    expect(() => connector.parse(detail, new Place("[0]"))).toThrow(
      expect.objectContaining({
        detail: { say: expect.stringMatching(/^authorization_details\[0\]\.repositories\[1\] has another owner/) },
      }),
    );
  });

  it("reports that a refused token could not be revoked", async () => {
    server.github.change = (body) => ({ ...body, repository_selection: "all" });
    server.github.instead = ({ method }) => (method === "DELETE" ? { status: 502 } : undefined);
    const refusal = await refusalOf(issue());
    expect(refusal.detail.why).toBe("every repository; could not be revoked");
  });

  it.each<[string, number, Record<string, string>, string, number]>([
    [
      "the hour's limit, as a 403",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(nowSeconds() + 600) },
      "in other words",
      600,
    ],
    [
      "the hour's limit, as a 429",
      429,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(nowSeconds() + 600) },
      "API rate limit exceeded",
      600,
    ],
    ["a secondary limit with the seconds to wait", 403, { "retry-after": "30" }, "in other words", 30],
    ["a secondary limit named in the message", 403, {}, "You have exceeded a secondary rate limit.", 60],
    [
      "a secondary limit, long before the hour's is lifted",
      429,
      { "x-ratelimit-remaining": "12", "x-ratelimit-reset": String(nowSeconds() + 600) },
      "",
      60,
    ],
    ["a limit that is lifted next year", 429, { "retry-after": "31536000" }, "", 3_600],
    ["an outage", 503, {}, "", 1],
  ])("treats %s as an outage: %i", async (_case, status, headers, message, seconds) => {
    const { lease } = await issue();
    server.github.instead = () => ({ status, headers, body: { message } });
    const refusal = await refusalOf(issue());
    expect(refusal).toMatchObject({ code: "connector_unavailable", status: 503 });
    expect(Math.abs((refusal.detail.retryAfterSeconds ?? 0) - seconds)).toBeLessThanOrEqual(
      30 * Number(seconds === 600),
    );
    expect(await tested.connector.revoke(lease)).toBe("unknown");
    server.github.instead = undefined;
    expect(await tested.connector.revoke(lease)).toBe("revoked");
  });

  it.each<[string, Partial<GithubApp>, string]>([
    ["its key is another one", { privateKey: "github/other" }, "status 401"],
    ["its key is of another kind", { privateKey: "github/ec" }, "the App's secret is no RSA key"],
    ["its key is no key", { privateKey: "github/none" }, "the App's secret is no RSA key"],
    ["it is another App", { appId: 999 }, "status 404"],
    ["it is not installed there", { installationId: 4 }, "status 404"],
    ["the installation is another App's", { installationId: 3 }, "status 404"],
    [
      "the owner has not granted what we configured",
      { permissions: { contents: "read", pages: "read" } },
      "status 422",
    ],
  ])("is refused where %s, and reports only that", async (_case, changes, why) => {
    const permissions = "permissions" in changes ? { pages: "read" } : { contents: "read" };
    const refusal = await refusalOf(issue({ permissions }, { ...acme, ...changes }));
    expect(refusal).toMatchObject({ code: "connector_refused", detail: { why } });
  });

  it("is refused where the owner suspended the App", async () => {
    server.github.acme.suspendedAt = "2026-01-01T00:00:00Z";
    expect(await refusalOf(issue())).toMatchObject({ code: "connector_refused", detail: { why: "status 403" } });
    expect(await tested.connector.health()).toMatchObject([{ subject: "acme", problem: "has suspended the App" }]);
  });

  it.each<[string, Partial<GithubApp>, string]>([
    [
      "what the owner has not granted",
      { permissions: { pages: "write", contents: "read" } },
      "has not granted the App pages: write",
    ],
    ["an installation of somebody else", { installationId: 2 }, "has an installation that is somebody else's"],
    ["another App's key", { privateKey: "github/other" }, "refuses us (status 401)"],
  ])("reports the fault of %s", async (_case, changes, problem) => {
    expect(await connectorOf({ ...acme, ...changes }).health()).toMatchObject([{ subject: "acme", problem }]);
  });

  it.each<[string, Partial<GithubApp>]>([
    ["server", { apiUrl: "http://127.0.0.1:9" }],
    ["owner", { owner: "globex" }],
  ])("does not treat a token as dead because another %s says so", async (_part, changes) => {
    const { lease, credential } = await issue();
    expect(await connectorOf({ ...acme, ...changes }).revoke(lease)).toBe("failed");
    expect(await tested.works(credential)).toBe(true);
  });

  it("follows no redirect of a server", async () => {
    server.github.instead = () => ({ status: 302, headers: { location: "http://127.0.0.1:9/" } });
    expect(await refusalOf(issue())).toMatchObject({ code: "connector_refused", detail: { why: "status 302" } });
  });

  it("calls no URL without TLS", async () => {
    const refusal = await refusalOf(issue({}, { ...acme, apiUrl: "http://api.github.example" }));
    expect(refusal).toMatchObject({ code: "connector_refused", detail: { why: "an address that is no https URL" } });
  });

  it.each<[string, object | undefined]>([
    ["an answer that is no JSON", undefined],
    ["a token that is none", { token: 5 }],
  ])("hands out nothing where there is %s", async (_case, body) => {
    server.github.instead = () => ({ status: 201, ...(body === undefined ? {} : { body }) });
    expect(await refusalOf(issue())).toMatchObject({ detail: { why: "an answer without a token" } });
  });

  it("stops reading an answer that is larger than any valid one", async () => {
    server.github.instead = () => ({ status: 201, body: { token: "x".repeat(2_000_000) } });
    expect(await refusalOf(issue())).toMatchObject({
      code: "connector_unavailable",
      detail: { why: "OversizedError" },
    });
  });

  const LONG = "x".repeat(1_000);
  const named = (name: string) => ({ repositories: [name] });
  it.each<[string, object, RegExp]>([
    ["a repository of another owner", named("globex/plans"), /^\[0\]\.repositories\[0\] belongs to an owner/],
    [
      "a repository of another owner beside",
      { repositories: ["acme/site", "globex/plans"] },
      /^\[0\]\.repositories\[1\] /,
    ],
    ["no owner", named("site"), /^\[0\]\.repositories\[0\] /],
    ["two slashes", named("acme/site/contents"), /^\[0\]\.repositories\[0\] /],
    ["a way out of the path", named("acme/.."), /^\[0\]\.repositories\[0\] /],
    ["a query", named("acme/site?x"), /^\[0\]\.repositories\[0\] /],
    ["an escaped slash", named("acme/site%2f.."), /^\[0\]\.repositories\[0\] /],
    ["a name that GitHub would shorten", named("acme/site.git"), /^\[0\]\.repositories\[0\] /],
    ["quotes", named('acme/"site"'), /^\[0\]\.repositories\[0\] /],
    ["a new line", named("acme/site\n"), /^\[0\]\.repositories\[0\] /],
    ["other letters", named("acme/sitе"), /^\[0\]\.repositories\[0\] /],
    ["a letter that is another one in lower case", named("acme/\u212aeys"), /^\[0\]\.repositories\[0\] /],
    ["1,000 characters", named(`acme/${LONG}`), /^\[0\]\.repositories\[0\] /],
    ["101 characters", named(`acme/${"x".repeat(101)}`), /^\[0\]\.repositories\[0\] /],
    ["a pattern", named("acme/*"), /^\[0\]\.repositories\[0\] /],
    ["no repository", { repositories: [] }, /^\[0\]\.repositories /],
    ["21 repositories", { repositories: Array.from({ length: 21 }, (_, n) => `acme/r${n}`) }, /^\[0\]\.repositories /],
    ["no permissions", { permissions: {} }, /^\[0\]\.permissions /],
    ["a list of permissions", { permissions: ["contents"] }, /^\[0\]\.permissions /],
    [
      "a permission that GitHub does not have",
      { permissions: { contents: "read", [LONG]: "read" } },
      /^\[0\]\.permissions\[1\] /,
    ],
    ["a permission of an organization", { permissions: { members: "read" } }, /^\[0\]\.permissions\[0\] /],
    ["a permission that every object has", { permissions: { toString: "read" } }, /^\[0\]\.permissions\[0\] /],
    [
      "a level that nobody has",
      { permissions: { contents: "all" } },
      /^\[0\]\.permissions\.contents must be one of read, write/,
    ],
    [
      "a level that this one has not",
      { permissions: { contents: "admin" } },
      /^\[0\]\.permissions\.contents must be one of read, write/,
    ],
    ["a level beyond the configured", { permissions: { issues: "write" } }, /^\[0\]\.permissions\.issues is more than/],
    [
      "a permission beyond the configured",
      { permissions: { actions: "read" } },
      /^\[0\]\.permissions\.actions is more than/,
    ],
    ["numbers of repositories", { repository_ids: [1] }, /^\[0\] may hold only /],
  ])("refuses an intent for %s, names the part, and calls nobody", async (_case, given, place) => {
    const before = server.github.log.length;
    const refusal = await refusalOf(Promise.resolve().then(() => issue(given)));
    expect(refusal).toMatchObject({ code: "intent_invalid", status: 400 });
    const say = refusal.detail.say?.replace(/^authorization_details/, "");
    expect(say).toMatch(place);
    expect(say).not.toMatch(/[^\x20-\x7e]|xxx/);
    expect(server.github.log.length).toBe(before);
  });
});
