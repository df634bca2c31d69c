import { randomBytes, randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { GetSecretValueCommand, RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoSecretLocks } from "../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { Rfc7592Clients } from "../../functions/adapters/oauth/rfc7592-clients.ts";
import { RotatingSecretsManager } from "../../functions/adapters/secrets-manager/rotating-secrets-manager.ts";
import type { OauthClient } from "../../functions/core/deployment/oauth-client.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type RotatePorts, rotate } from "../../functions/rotate/rotate.ts";
import { type LocalAccounts, refusedTo, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeLoginServer } from "../fakes/secrets/login-server.ts";
import { listen, type ScriptedAnswer, scripted } from "../loopback-server.ts";
import { type FaultyWire, faultyWire } from "./connectors/faulty-wire.ts";

const LAMBDA = "arn:aws:lambda:us-east-1:999900001111:function:valetkey-rotate";
/** Long enough for a busy machine to answer. A test waits for it twice, where an answer is lost. */
const REQUEST_MS = 3_000;
type Policy = "rotates" | "keeps";

/**
 * panva's oidc-provider with RFC 7591 and 7592, behind a wire. The policy of a client decides whether an update issues
 * another secret.
 */
class RegisteringProvider {
  readonly log: string[] = [];
  readonly #provider: Provider;
  readonly wire: FaultyWire;
  readonly url: string;
  readonly #direct: string;
  readonly close: () => Promise<void>;

  private constructor(wire: FaultyWire, direct: string, isTokenKept: boolean, close: () => Promise<void>) {
    this.wire = wire;
    this.url = `http://127.0.0.1:${wire.port}`;
    this.#direct = direct;
    this.close = close;
    const another = (context: { readonly method: string }, properties: Record<string, unknown>) => {
      if (context.method === "PUT") properties.client_secret = `canary-${randomBytes(32).toString("base64url")}`;
    };
    this.#provider = new Provider(this.url, {
      cookies: { keys: ["unused"] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        registration: {
          enabled: true,
          initialAccessToken: true,
          policies: { rotates: another, keeps: () => undefined },
        },
        registrationManagement: { enabled: true, rotateRegistrationAccessToken: !isTokenKept },
      },
    });
  }

  static async start(isTokenKept = true): Promise<RegisteringProvider> {
    let handle: RequestListener | undefined;
    const server = await listen((request, response) => {
      response.on("finish", () => provider.log.push(`${request.method} ${response.statusCode}`));
      handle?.(request, response);
    });
    const wire = await faultyWire(server.port);
    const provider = new RegisteringProvider(wire, server.url, isTokenKept, async () => {
      await wire.close();
      await server.close();
    });
    handle = provider.#provider.callback();
    return provider;
  }

  /** A client, its secret, and the token that manages it. */
  async register(policy: Policy) {
    const initial = await new this.#provider.InitialAccessToken({ policies: [policy] }).save();
    const answer = await fetch(`${this.#direct}/reg`, {
      method: "POST",
      headers: { authorization: `Bearer ${initial}`, "content-type": "application/json" },
      body: JSON.stringify({
        client_name: "nightly report",
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
      }),
    });
    expect(answer.status).toBe(201);
    const { client_id: clientId, client_secret: secret, ...rest } = (await answer.json()) as Record<string, string>;
    const { registration_access_token: token = "" } = rest;
    return { clientId: String(clientId), secret: String(secret), token, url: `${this.url}/reg/${clientId}` };
  }

  /** True where it gives that client a token. */
  async lets(clientId: string, secret: string): Promise<boolean> {
    const basic = [clientId, secret].map(encodeURIComponent).join(":");
    const { status } = await fetch(`${this.#direct}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(basic).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    expect([200, 401]).toContain(status);
    return status === 200;
  }
}

describe("a client's secret at an OAuth provider, rotated by Secrets Manager", () => {
  let [stable, changing]: RegisteringProvider[] = [];
  let accounts: LocalAccounts;
  let ports: RotatePorts;
  let secretsManager: SecretsManagerClient;
  const clients: OauthClient[] = [];
  const tokens: Record<string, string> = {};
  const lines: unknown[] = [];
  /** Milliseconds from the PUT to the secret that contains its result. */
  const windows: number[] = [];
  let rfc7592: Rfc7592Clients;

  beforeAll(async () => {
    [stable, changing] = await Promise.all([RegisteringProvider.start(), RegisteringProvider.start(false)]);
    accounts = await startAccounts(Date.now, (_arn, step) => rotate(step, ports));
    // Uses only the rights of the function.
    accounts.become("rotate");
    const rotating = new RotatingSecretsManager({});
    rfc7592 = new Rfc7592Clients(async (name) => tokens[name] ?? "", REQUEST_MS);
    let sentAt = 0;
    ports = {
      deployment: { oauthClients: clients },
      clients: {
        read: (client) => rfc7592.read(client),
        update: (...given) => {
          sentAt = performance.now();
          return rfc7592.update(...given);
        },
      },
      rotating: {
        describe: (id) => rotating.describe(id),
        read: (...given) => rotating.read(...given),
        putPending: (...given) => rotating.putPending(...given),
        makeCurrent: async (...given) => {
          await rotating.makeCurrent(...given);
          windows.push(performance.now() - sentAt);
        },
        withdrawPending: (...given) => rotating.withdrawPending(...given),
        start: (...given) => rotating.start(...given),
      },
      locks: new DynamoSecretLocks(sdkTable(accounts.scope.tableName), Date.now),
      databases: new FakeLoginServer(),
      random: { bytes: (count) => randomBytes(count) },
      clock: { nowMs: Date.now },
      log: { write: (line) => void lines.push(line) },
    };
    await ports.rotating.describe("none");
    accounts.become("tester");
    secretsManager = new SecretsManagerClient({});
  });
  afterAll(async () => {
    await accounts?.close();
    await Promise.all([stable?.close(), changing?.close()]);
  });

  async function managed(provider: RegisteringProvider | undefined, policy: Policy) {
    if (!provider) throw new Error("no provider");
    const { clientId, secret, token, url } = await provider.register(policy);
    const name = `clients/${randomUUID().slice(0, 8)}`;
    clients.push({ secret: name, clientId, configurationUrl: url, registrationToken: `${name}-registration` });
    tokens[`${name}-registration`] = token;
    accounts.aws.admin(accounts.scope.account).createSecret({
      name,
      value: JSON.stringify({ client_id: clientId, client_secret: secret }),
      tags: { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "oauth-client-secret" },
    });
    const read = async (): Promise<string> => {
      const { SecretString: text = "" } = await secretsManager.send(new GetSecretValueCommand({ SecretId: name }));
      return JSON.parse(text).client_secret;
    };
    return {
      name,
      secret,
      token,
      read,
      lets: (given: string) => provider.lets(clientId, given),
      works: async () => provider.lets(clientId, await read()),
      rotate: async () => {
        await secretsManager.send(new RotateSecretCommand({ SecretId: name, RotationLambdaARN: LAMBDA }));
        await accounts.aws.rotationsSettled();
      },
      /** Repeats the rotation, as Secrets Manager does with an unfinished one. */
      again: async () => {
        await secretsManager.send(new RotateSecretCommand({ SecretId: name })).catch(() => undefined);
        await accounts.aws.rotationsSettled();
      },
    };
  }

  it("is replaced by a working one; the old one is dead; and nothing else of the client has changed", async () => {
    const client = await managed(stable, "rotates");
    const entry = clients.at(-1) as OauthClient;
    const before = await rfc7592.read(entry);
    await client.rotate();
    expect([await client.works(), await client.lets(client.secret)]).toEqual([true, false]);
    const { metadata } = await rfc7592.read(entry);
    expect(metadata).toEqual(before.metadata);
    expect(metadata).toMatchObject({ client_name: "nightly report", grant_types: ["client_credentials"] });
  });

  it("is refused during the switch alone, to anybody who reads it just then", async () => {
    const client = await managed(stable, "rotates");
    windows.length = 0;
    let [isOver, logins, refused] = [false, 0, 0];
    const load = (async () => {
      while (!isOver) {
        logins += 1;
        if (!(await client.works())) refused += 1;
        await pause(5);
      }
    })();
    for (let round = 0; round < 10; round += 1) {
      await pause(100);
      await client.rotate();
    }
    isOver = true;
    await load;
    const [shortest, longest] = [Math.min(...windows), Math.max(...windows)].map((ms) => ms.toFixed(0));
    process.stdout.write(
      `one client: ${logins} logins during 10 rotations, ${refused} refused; a switch took ${shortest} to ${longest} ms\n`,
    );
    expect(windows.length).toBe(10);
    expect(logins).toBeGreaterThan(30);
    expect(refused).toBeLessThan(logins / 2);
    expect(await client.works()).toBe(true);
  });

  it("is recovered where the answer that brought it was lost on the wire", async () => {
    const client = await managed(stable, "rotates");
    const update = rfc7592.update.bind(rfc7592);
    rfc7592.update = async (...given) => {
      stable?.wire.become("mute");
      try {
        return await update(...given);
      } finally {
        stable?.wire.become("well");
      }
    };
    await client.rotate();
    rfc7592.update = update;
    expect(await client.works()).toBe(true);
    expect(await client.read()).not.toBe(client.secret);
  });

  it("does not work where the provider cannot be reached any more after that, but does after the next try", async () => {
    const client = await managed(stable, "rotates");
    const update = rfc7592.update.bind(rfc7592);
    rfc7592.update = async (...given) => {
      stable?.wire.become("mute");
      return update(...given);
    };
    await client.rotate();
    rfc7592.update = update;
    stable?.wire.become("well");
    expect(await client.lets(client.secret)).toBe(false);
    await client.again();
    expect(await client.works()).toBe(true);
  });

  it("is unchanged where the provider cannot be reached, or does not accept the registration token", async () => {
    const [cut, refused] = [await managed(stable, "rotates"), await managed(stable, "rotates")];
    stable?.wire.become("cut");
    await cut.rotate();
    stable?.wire.become("well");
    tokens[`${refused.name}-registration`] = "wrong";
    await refused.rotate();
    for (const { read, secret, works } of [cut, refused]) expect([await read(), await works()]).toEqual([secret, true]);
    expect(JSON.stringify(lines)).toContain("the registration access token is refused");
  });

  it("is unchanged where the provider issues no other with an update, and that is reported", async () => {
    const client = await managed(stable, "keeps");
    await client.rotate();
    expect([await client.read(), await client.works()]).toEqual([client.secret, true]);
    expect(JSON.stringify(lines.at(-1))).toContain("issues no other secret");
  });

  it("is issued once to two concurrent updates: the provider refuses the second", async () => {
    await managed(stable, "rotates");
    const entry = clients.at(-1) as OauthClient;
    const before = await rfc7592.read(entry);
    const after = await rfc7592.update(entry, before);
    await expect(rfc7592.update(entry, before)).rejects.toMatchObject({ code: "connector_refused" });
    expect((await rfc7592.read(entry)).secret).toBe(after.secret);
  });

  it("works after a rotation at a provider that changes the registration token, which is reported as a failure from then on", async () => {
    const client = await managed(changing, "rotates");
    await client.rotate();
    expect([await client.works(), await client.lets(client.secret)]).toEqual([true, false]);
    expect(JSON.stringify(lines.at(-1))).toContain("another registration access token");
    const value = await client.read();
    await client.rotate();
    expect([await client.read(), await client.works()]).toEqual([value, true]);
  });

  it("is in none of our log lines, and neither is a registration token", async () => {
    const logged = JSON.stringify(lines);
    expect(logged).toContain("rotation_step");
    expect(logged).not.toContain("canary-");
    for (const token of Object.values(tokens).filter((each) => each !== "wrong")) expect(logged).not.toContain(token);
  });

  it("is rotated with the rights of the function: IAM refuses none of its calls", () => {
    expect(refusedTo("rotate", accounts, ({ context }) => context["secretsmanager:SecretId"] !== "none")).toEqual([]);
  });
});

describe("a provider's answer", () => {
  const GOOD = { client_id: "app", client_secret: "s3cret", client_name: "app" };
  async function answered(answer: ScriptedAnswer, path = "") {
    const server = await scripted(() => answer);
    const clients = new Rfc7592Clients(async () => "canary-token", REQUEST_MS);
    const client = { secret: "s", clientId: "app", configurationUrl: `${server.url}${path}`, registrationToken: "r" };
    try {
      return { result: await clients.read(client).catch((error: unknown) => error), asked: server.asked };
    } finally {
      await server.close();
    }
  }

  it("is accepted where it describes the client, without the members of the registration", async () => {
    const body = { ...GOOD, registration_access_token: "canary-token", client_secret_expires_at: 0 };
    expect((await answered({ status: 200, body })).result).toEqual({
      secret: "s3cret",
      metadata: { client_id: "app", client_name: "app" },
      isTokenKept: true,
    });
  });

  it.each<[string, ScriptedAnswer, string]>([
    ["another client's", { status: 200, body: { ...GOOD, client_id: "victim" } }, "connector_refused"],
    ["without a secret", { status: 200, body: { client_id: "app" } }, "connector_refused"],
    ["with a secret that is none", { status: 200, body: { ...GOOD, client_secret: "a\nb" } }, "connector_refused"],
    [
      "with a secret without an end",
      { status: 200, body: { ...GOOD, client_secret: "x".repeat(3_000) } },
      "connector_refused",
    ],
    ["no JSON", { status: 200, body: "canary-token" }, "connector_refused"],
    ["a list", { status: 200, body: [GOOD] }, "connector_refused"],
    ["without an end", { status: 200, body: "x".repeat(100_000) }, "connector_unavailable"],
    [
      "that sends us elsewhere",
      { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" },
      "connector_refused",
    ],
    ["a no", { status: 401, body: { error: "invalid_token" } }, "connector_refused"],
    ["that it has too much to do", { status: 429, body: "" }, "connector_unavailable"],
    ["that it is broken", { status: 500, body: "" }, "connector_unavailable"],
  ])("that is %s is refused, and is quoted nowhere", async (_, answer, code) => {
    const { result, asked } = await answered(answer);
    expect(result).toMatchObject({ code });
    expect(JSON.stringify(result)).not.toContain("canary");
    expect(asked).toHaveLength(1);
  });

  it("is not requested without TLS, but on this machine", async () => {
    const clients = new Rfc7592Clients(async () => "canary-token", REQUEST_MS);
    const client = {
      secret: "s",
      clientId: "app",
      configurationUrl: "http://login.example/reg",
      registrationToken: "r",
    };
    await expect(clients.read(client)).rejects.toMatchObject({ code: "connector_refused" });
  });
});
