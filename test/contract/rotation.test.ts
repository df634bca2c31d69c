import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { GetSecretValueCommand, RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoSecretLocks } from "../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { RotatingSecretsManager } from "../../functions/adapters/secrets-manager/rotating-secrets-manager.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type RotatePorts, rotate } from "../../functions/rotate/rotate.ts";
import { type LocalAccounts, refusedTo, startAccounts } from "../../local/cloud/local-accounts.ts";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../local/running-postgres.ts";
import { FakeOauthClients } from "../fakes/secrets/oauth-clients.ts";
import { adminDatabases, asAdmin, ORDERS, setUpOrders, tried } from "./postgres/orders-database.ts";

if (whyNoPostgres !== undefined) process.emitWarning(`NOT TESTED: rotating logins, since ${whyNoPostgres}`);

/** Well beyond any of the pauses of a rotation. */
const LATER_SECONDS = 3_600;
const LAMBDA = "arn:aws:lambda:us-east-1:999900001111:function:valetkey-rotate";

describe.skipIf(whyNoPostgres !== undefined)("a login in PostgreSQL, rotated by Secrets Manager", () => {
  let postgres: RunningPostgres;
  let accounts: LocalAccounts;
  let ports: RotatePorts;
  let client: SecretsManagerClient;
  let skewSeconds = 0;
  const nowMs = () => Date.now() + skewSeconds * 1_000;
  const lines: unknown[] = [];
  /** Milliseconds from a password that is changed in the database to the secret that contains it. */
  const windows: number[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    await setUpOrders(postgres);
    accounts = await startAccounts(Date.now, (_arn, step) => rotate(step, ports));
    // Uses only the rights of the function.
    accounts.become("rotate");
    const databases = adminDatabases();
    const rotating = new RotatingSecretsManager({});
    let changedAt = 0;
    ports = {
      deployment: { databases: [{ ...ORDERS, port: postgres.port }] },
      rotating: {
        describe: (id) => rotating.describe(id),
        read: (secret, stage) => rotating.read(secret, stage),
        putPending: (...given) => rotating.putPending(...given),
        makeCurrent: async (...given) => {
          await rotating.makeCurrent(...given);
          windows.push(performance.now() - changedAt);
        },
        withdrawPending: (...given) => rotating.withdrawPending(...given),
        start: (...given) => rotating.start(...given),
      },
      locks: new DynamoSecretLocks(sdkTable(accounts.scope.tableName), nowMs),
      databases: {
        session: (...given) => databases.session(...given),
        sessionAs: (database, login, work) =>
          databases.sessionAs(database, login, (session) =>
            work({
              rows: session.rows,
              run: (sql) => {
                if (sql.startsWith("ALTER ROLE")) changedAt = performance.now();
                return session.run(sql);
              },
            }),
          ),
      },
      clients: new FakeOauthClients("none"),
      random: { bytes: (count) => randomBytes(count) },
      clock: { nowMs },
      log: { write: (line) => void lines.push(line) },
    };
    await Promise.all([ports.rotating.describe("none"), ports.locks.states()]);
    accounts.become("tester");
    client = new SecretsManagerClient({});
  });
  afterAll(async () => {
    await accounts?.close();
    await postgres?.close();
  });

  const createLogin = async (kind: string): Promise<string> => {
    const name = `logins/${randomUUID().slice(0, 8)}`;
    const [user, password] = [`app_${randomUUID().slice(0, 8)}`, randomUUID()];
    const admin = await asAdmin(postgres);
    await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}';
      GRANT CONNECT ON DATABASE orders TO ${user}; GRANT USAGE, CREATE ON SCHEMA sales TO ${user};
      GRANT SELECT ON sales.orders TO ${user}`);
    await admin.end();
    const tags = {
      [SECRET_TAGS.managed]: "true",
      [SECRET_TAGS.rotates]: kind,
      [SECRET_TAGS.database]: "orders",
      [SECRET_TAGS.user]: user,
    };
    accounts.aws
      .admin(accounts.scope.account)
      .createSecret({ name, value: JSON.stringify({ username: user, password }), tags });
    return name;
  };
  const read = async (name: string) => {
    const { SecretString: text = "" } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return JSON.parse(text) as { username: string; password: string };
  };
  const connect = ({ username: user, password }: { username: string; password: string }): Promise<pg.Client> =>
    postgres.connect({ user, password, database: "orders" });
  const logIn = async (login: { username: string; password: string }): Promise<void> => (await connect(login)).end();
  const rotateNow = async (name: string): Promise<void> => {
    await client.send(new RotateSecretCommand({ SecretId: name, RotationLambdaARN: LAMBDA }));
    await accounts.aws.rotationsSettled();
  };

  /** Reads the secret and logs in, fifty times a second, while the work lasts. */
  async function underLoad(name: string, work: () => Promise<void>) {
    const [logins, failedAt]: [Promise<void>[], number[]] = [[], []];
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        const login = read(name).then(async (found) => {
          if ((await tried(logIn(found))) !== undefined) failedAt.push(performance.now());
        });
        logins.push(login);
        await pause(20);
      }
    })();
    await work();
    isOver = true;
    await load;
    await Promise.all(logins);
    return { logins: logins.length, failedAt };
  }

  it("with two users: no login with the current secret is ever refused", async () => {
    const name = await createLogin("postgres-alternating");
    const seen = [await read(name)];
    const { logins, failedAt } = await underLoad(name, async () => {
      for (let round = 0; round < 3; round += 1) {
        await pause(1_000);
        await rotateNow(name);
        seen.push(await read(name));
      }
      await pause(1_000);
    });
    process.stdout.write(`two users: ${logins} logins during 3 rotations, ${failedAt.length} refused\n`);
    expect(logins).toBeGreaterThan(50);
    expect(failedAt.length).toBe(0);
    expect(new Set(seen.map(({ password }) => password)).size).toBe(4);
    expect(seen.map(({ username }) => username.endsWith("_clone"))).toEqual([false, true, false, true]);
    // A reader from before the last rotation who uses the value only now is admitted too.
    expect(await Promise.all(seen.map((login) => tried(logIn(login))))).toEqual([
      "28P01",
      "28P01",
      undefined,
      undefined,
    ]);
  });

  it("with one user: a login is refused during the switch, and at no other time", async () => {
    const name = await createLogin("postgres-single");
    const before = await read(name);
    windows.length = 0;
    const { logins, failedAt } = await underLoad(name, async () => {
      for (let round = 0; round < 5; round += 1) {
        await pause(500);
        await rotateNow(name);
      }
    });
    const [shortest, longest] = [Math.min(...windows), Math.max(...windows)].map((ms) => ms.toFixed(0));
    process.stdout.write(
      `one user: ${logins} logins during 5 rotations, ${failedAt.length} refused; a switch took ${shortest} to ${longest} ms\n`,
    );
    expect(windows.length).toBe(5);
    expect(failedAt.length).toBeLessThan(logins / 2);
    expect(await tried(logIn(before))).toBe("28P01");
    expect(await tried(logIn(await read(name)))).toBeUndefined();
  });

  it("gives the second user the rights of the first, and nothing of its own", async () => {
    const name = await createLogin("postgres-alternating");
    const first = await read(name);
    await rotateNow(name);
    const second = await read(name);
    const session = await connect(second);
    expect((await session.query("SELECT count(*)::int AS n FROM sales.orders")).rows).toEqual([{ n: 2 }]);
    expect(await tried(session.query("SELECT * FROM sales.payroll"))).toBe("42501");
    await session.query(`CREATE TABLE sales.by_${first.username} (id int)`);
    const { rows } = await session.query("SELECT tableowner FROM pg_tables WHERE tablename = $1", [
      `by_${first.username}`,
    ]);
    expect(rows).toEqual([{ tableowner: first.username }]);
    await session.end();
  });

  it.each(["postgres-alternating", "postgres-single"])(
    "after its use the used login and its sessions are dead before anybody else gets the secret: %s",
    async (kind) => {
      const name = await createLogin(kind);
      await client.send(
        new RotateSecretCommand({ SecretId: name, RotationLambdaARN: LAMBDA, RotateImmediately: false }),
      );
      const [used, holder] = [await read(name), "k7f3m2q9x4ab.#secret-0"];
      const session = await connect(used);
      await ports.locks.take([{ name, arn: "arn", rotates: true }], holder, Math.floor(nowMs() / 1_000) + 900);
      // The value was made before the fence, and the next one is made after it, by any of the clocks.
      const made = await ports.rotating
        .describe(name)
        .then((found) => found && ports.rotating.read(found, "AWSCURRENT"));
      const fence = Math.floor(made?.createdAt ?? 0) - 4;
      await pause(1_200);
      await ports.locks.release([name], holder, fence);
      // The user's holder tries to keep the login: any user may change its own password.
      const changed = { username: used.username, password: "the-holders-own" };
      if (kind === "postgres-alternating")
        await session.query(`ALTER ROLE CURRENT_USER PASSWORD '${changed.password}'`);
      // The secret's value is old by now, by our clock.
      skewSeconds = LATER_SECONDS;
      await rotate({ mode: "due" }, ports);
      await accounts.aws.rotationsSettled();
      expect(await tried(session.query("SELECT 1"))).toBe(undefined);
      await rotate({ mode: "due" }, ports);
      skewSeconds = 0;
      expect((await ports.locks.states()).find((state) => state.name === name)?.status).toBe("free");
      expect([await tried(logIn(used)), await tried(logIn(changed))]).toEqual(["28P01", "28P01"]);
      expect(await tried(logIn(await read(name)))).toBeUndefined();
      expect(await tried(session.query("SELECT 1"))).not.toBeUndefined();
    },
    30_000,
  );

  it("leaves no password in the server's log, and none in ours", async () => {
    const name = await createLogin("postgres-alternating");
    await rotateNow(name);
    const { password } = await read(name);
    expect(postgres.log()).toContain("ALTER ROLE");
    expect(postgres.log()).not.toContain(password);
    expect(JSON.stringify(lines)).not.toContain(password);
  });

  it("runs with the rights of the function: IAM refuses none of its calls", () => {
    expect(refusedTo("rotate", accounts, ({ context }) => context["secretsmanager:SecretId"] !== "none")).toEqual([]);
  });
});
