import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { decodeJwt, jwtVerify } from "jose";
import { isWithin, REPOSITORY_PERMISSIONS } from "../../../functions/connectors/github/github-apps.ts";
import { bodyOf, listen, type ScriptedAnswer } from "../../loopback-server.ts";
import { type FaultyWire, faultyWire } from "./faulty-wire.ts";

/**
 * Answer in the form of the rest of GitHub's REST API. Every answer has `X-RateLimit-*`; every refusal has `message`
 * and `documentation_url`.
 */
interface Answer extends Omit<ScriptedAnswer, "body"> {
  readonly body?: object;
}
type Json = Readonly<Record<string, unknown>>;

interface Repository {
  readonly id: number;
  /** Name in its owner's spelling. */
  readonly name: string;
}

interface Installation {
  readonly id: number;
  readonly appId: number;
  readonly login: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositories: readonly Repository[];
  suspendedAt?: string;
}

interface Issued {
  readonly installation: Installation;
  readonly repositories: readonly Repository[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly expiresAtMs: number;
}

export const APP_ID = 12_345;
export const INSTALLATION_ID = 67_890;
const PERMISSIONS = { contents: "write", issues: "write", metadata: "read", repository_projects: "admin" };

/**
 * GitHub's endpoints for Apps, and some for tokens. Has two installations of one App and one of another App. Sources:
 * GitHub's REST description (2022-11-28) and its pages on Apps, rate limits and statuses.
 */
export class RunningGithub {
  readonly key = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  readonly tokens = new Map<string, Issued>();
  /** Method, path and status, as such a server logs them. */
  readonly log: string[] = [];
  /** Answers the next requests in place of the usual answers. */
  instead: ((request: IncomingMessage) => Answer | undefined) | undefined;
  /** Changes a 201 with a token before it is sent. */
  change: (body: Json) => Json = (body) => body;
  readonly acme: Installation = {
    id: INSTALLATION_ID,
    appId: APP_ID,
    login: "Acme",
    permissions: PERMISSIONS,
    repositories: [
      { id: 1, name: "Site" },
      { id: 2, name: "api" },
      { id: 3, name: "payroll" },
    ],
  };
  readonly #installations: readonly Installation[] = [
    this.acme,
    { id: 2, appId: APP_ID, login: "globex", permissions: PERMISSIONS, repositories: [{ id: 9, name: "plans" }] },
    { id: 3, appId: 999, login: "initech", permissions: PERMISSIONS, repositories: [] },
  ];

  /** The key as GitHub hands it out. */
  get pem(): string {
    return this.key.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const body = await bodyOf(request);
    const instead = this.instead?.(request);
    if (instead) return instead;
    if (!request.headers["user-agent"]) return no(403, "Request forbidden by administrative rules.");
    const [, ...path] = (request.url ?? "").split("/");
    const route = `${request.method} /${path.map((part, at) => (at > 0 && isName(path, at) ? "*" : part)).join("/")}`;
    switch (route) {
      case "POST /app/installations/*/access_tokens":
        return this.#asApp(request, (appId) => this.#issue(appId, Number(path[2]), body));
      case "GET /app/installations/*":
        return this.#asApp(request, (appId) => this.#describe(appId, Number(path[2])));
      case "GET /repos/*/*/installation":
        return this.#asApp(request, (appId) => this.#installationOf(appId, path[1] ?? "", path[2] ?? ""));
      case "DELETE /installation/token":
        return this.#withToken(request, (_, token) => {
          this.tokens.delete(token);
          return { status: 204 };
        });
      case "GET /installation/repositories":
        return this.#withToken(request, ({ repositories, installation }) => ({
          status: 200,
          body: {
            total_count: repositories.length,
            repositories: repositories.map((each) => shown(each, installation)),
          },
        }));
      default:
        return this.#ofRepository(request, path);
    }
  }

  /** `GET` and `PUT /repos/acme/site/contents/x`, and so on: the permission is the third name. */
  #ofRepository(request: IncomingMessage, [repos, owner, name, permission = ""]: readonly string[]): Promise<Answer> {
    return this.#withToken(request, ({ installation, repositories, permissions }) => {
      const isSeen =
        repos === "repos" &&
        isAlike(installation.login, owner) &&
        repositories.some((repository) => isAlike(repository.name, name));
      if (!isSeen || !Object.hasOwn(REPOSITORY_PERMISSIONS, permission)) return no(404, "Not Found");
      const level = request.method === "GET" ? "read" : "write";
      return isWithin(level, permissions[permission])
        ? { status: 200, body: {} }
        : no(403, "Resource not accessible by integration");
    });
  }

  async #asApp(request: IncomingMessage, then: (appId: number) => Answer): Promise<Answer> {
    const jwt = bearerOf(request);
    try {
      await jwtVerify(jwt, this.key.publicKey, { algorithms: ["RS256"], clockTolerance: 0, currentDate: new Date() });
    } catch {
      return no(401, "A JSON web token could not be decoded");
    }
    const { iss, iat, exp } = decodeJwt(jwt);
    const nowSeconds = Date.now() / 1_000;
    if (!Number.isInteger(iat) || Number(iat) > nowSeconds)
      return no(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    if (!Number.isInteger(exp) || Number(exp) > nowSeconds + 600)
      return no(401, "'Expiration time' claim ('exp') is too far in the future");
    if (iss !== String(APP_ID)) return no(404, "Integration not found");
    return then(APP_ID);
  }

  async #withToken(request: IncomingMessage, then: (issued: Issued, token: string) => Answer): Promise<Answer> {
    const token = bearerOf(request);
    const issued = this.tokens.get(token);
    const isAlive = issued && issued.expiresAtMs > Date.now();
    return isAlive ? then(issued, token) : no(401, "Bad credentials");
  }

  #issue(appId: number, id: number, text: string): Answer {
    const installation = this.#installations.find((each) => each.id === id && each.appId === appId);
    if (!installation) return no(404, "Not Found");
    if (installation.suspendedAt) return no(403, "This installation has been suspended");
    const { repositories: names, permissions = {} } = JSON.parse(text) as {
      readonly repositories?: readonly string[];
      readonly permissions?: Readonly<Record<string, string>>;
    };
    if (Object.entries(permissions).some(([name, level]) => !isWithin(level, installation.permissions[name])))
      return no(422, "The permissions requested are not granted to this installation.");
    const repositories = (names ?? installation.repositories.map(({ name }) => name)).map((name) =>
      installation.repositories.find((each) => isAlike(each.name, name)),
    );
    if (!repositories.every((each) => each !== undefined))
      return no(
        422,
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
      );
    const token = `ghs_${randomBytes(27).toString("base64url")}`;
    const expiresAtMs = Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000;
    const granted = { ...permissions, metadata: "read" };
    this.tokens.set(token, { installation, repositories, permissions: granted, expiresAtMs });
    const body = {
      token,
      expires_at: new Date(expiresAtMs).toISOString().replace(".000Z", "Z"),
      permissions: granted,
      repository_selection: names ? "selected" : "all",
      ...(names ? { repositories: repositories.map((each) => shown(each, installation)) } : {}),
    };
    return { status: 201, body: this.change(body) };
  }

  #describe(appId: number, id: number): Answer {
    const installation = this.#installations.find((each) => each.id === id && each.appId === appId);
    if (!installation) return no(404, "Not Found");
    const { login, permissions, suspendedAt } = installation;
    return {
      status: 200,
      body: { id, app_id: appId, account: { login }, permissions, suspended_at: suspendedAt ?? null },
    };
  }

  #installationOf(appId: number, owner: string, name: string): Answer {
    // A repository that was renamed: GitHub points to it by its number.
    if (isAlike(owner, "acme") && name === "old-site")
      return { ...no(301, "Moved Permanently"), headers: { location: "/repositories/1/installation" } };
    const installation = this.#installations.find(
      (each) =>
        each.appId === appId && isAlike(each.login, owner) && each.repositories.some((own) => isAlike(own.name, name)),
    );
    return installation ? this.#describe(appId, installation.id) : no(404, "Not Found");
  }
}

/** True for the parts of a path that are names and numbers. */
const isName = (path: readonly string[], at: number): boolean =>
  (path[0] === "app" && at === 2) || (path[0] === "repos" && (at === 1 || at === 2));

/** Compares names without case. */
const isAlike = (one: string, other: string | undefined): boolean => one.toLowerCase() === other?.toLowerCase();

const shown = ({ id, name }: Repository, { login }: Installation) => ({ id, name, full_name: `${login}/${name}` });

const bearerOf = ({ headers }: IncomingMessage): string => /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";

const no = (status: number, message: string): Answer => ({
  status,
  body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
});

export interface GithubServer {
  readonly github: RunningGithub;
  readonly wire: FaultyWire;
  /** URL through the wire. */
  readonly url: string;
  /** Status of a request with a token, past the wire. */
  tried(token: string, method: string, path: string): Promise<number>;
  close(): Promise<void>;
}

export async function runGithub(): Promise<GithubServer> {
  const github = new RunningGithub();
  const server = await listen(async (request, response) => {
    const { status, headers, body } = await github.answer(request);
    github.log.push(`${request.method} ${request.url} ${status}`);
    const limits = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999" };
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...limits, ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const wire = await faultyWire(server.port);
  return {
    github,
    wire,
    url: `http://127.0.0.1:${wire.port}`,
    tried: async (token, method, path) => {
      const headers = { authorization: `Bearer ${token}`, "user-agent": "test" };
      return (await fetch(server.url + path, { method, headers })).status;
    },
    close: async () => {
      await wire.close();
      await server.close();
    },
  };
}
