import { randomBytes } from "node:crypto";
import type { DatabaseSession } from "../../functions/connectors/postgres/databases.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { RotationKindName } from "../../functions/core/secrets/rotating-secret.ts";
import { type RotatePorts, rotate } from "../../functions/rotate/rotate.ts";
import { FakeLoginServer } from "../fakes/secrets/login-server.ts";
import { FakeOauthClients } from "../fakes/secrets/oauth-clients.ts";
import { FakeRotatingSecrets } from "../fakes/secrets/rotating-secrets.ts";
import { FakeSecretLocks } from "../fakes/secrets/secret-locks.ts";
import type { Fault } from "./faults.ts";

const DATABASE = { name: "orders", host: "db", port: 5432, database: "orders", adminSecret: "databases/orders" };
const NOON_SECONDS = Date.UTC(2026, 10, 24, 12) / 1_000;
export const NAME = "orders/login";
const CLIENT = {
  secret: NAME,
  clientId: "app",
  configurationUrl: "https://login.test/reg/app",
  registrationToken: "login/registration",
};
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export type Step = (typeof STEPS)[number];

/**
 * One secret of a kind, the server or provider that it opens, and the function that rotates it. Every call of the
 * function can be lost.
 */
export class RotationWorld {
  nowSeconds = NOON_SECONDS;
  readonly server = new FakeLoginServer();
  readonly provider = new FakeOauthClients("canary-first-secret");
  readonly rotating = new FakeRotatingSecrets(() => this.nowSeconds);
  readonly locks = new FakeSecretLocks(() => this.nowSeconds * 1_000);
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  readonly kind: RotationKindName;
  readonly ports: RotatePorts;
  /** Called before and after every call. */
  watch: (call: string) => void = () => undefined;
  calls = 0;
  fault: Fault | undefined;

  constructor(kind: RotationKindName) {
    this.kind = kind;
    this.server.add("app", "first-password");
    this.server.add("keeper", "canary-admin-password");
    const login = JSON.stringify({ engine: "postgres", username: "app", password: "first-password" });
    const client = JSON.stringify({ client_id: "app", client_secret: "canary-first-secret" });
    const first = { generated: "first", "oauth-client-secret": client } as const;
    const text = kind in first ? first[kind as keyof typeof first] : login;
    this.rotating.add({ name: NAME, kind, database: "orders", user: "app" }, text);
    this.ports = {
      deployment: { databases: [DATABASE], oauthClients: [CLIENT] },
      random: { bytes: (count) => randomBytes(count) },
      clock: { nowMs: () => this.nowSeconds * 1_000 },
      log: { write: (line) => void this.lines.push(line) },
      clients: this.#watched("clients", this.provider),
      locks: this.#watched("locks", this.locks),
      rotating: this.#watched("rotating", this.rotating),
      databases: {
        session: (database, work) =>
          this.#call("session", () => this.server.session(database, (session) => work(this.#session(session)))),
        sessionAs: (database, name, work) =>
          this.#call("sessionAs", () =>
            this.server.sessionAs(database, name, (session) => work(this.#session(session))),
          ),
      },
    };
  }

  /** True where the value that readers get at this moment opens its server or provider. */
  works(text = this.rotating.current(NAME)): boolean {
    if (this.kind === "generated") return text !== "";
    const value = JSON.parse(text);
    return this.kind === "oauth-client-secret"
      ? value.client_secret === this.provider.secret
      : this.server.letsIn(value);
  }

  step(Step: Step, token = "token"): Promise<void> {
    return rotate({ Step, SecretId: NAME, ClientRequestToken: token }, this.ports);
  }

  /** Runs the steps as Secrets Manager does: from the first up to the one that fails. */
  async run(token = "token"): Promise<void> {
    for (const step of STEPS) await this.step(step, token);
  }

  due(): Promise<void> {
    return rotate({ mode: "due" }, this.ports);
  }

  breakDown(fault: Fault): void {
    this.calls = 0;
    this.fault = fault;
  }

  mend(): void {
    this.fault = undefined;
  }

  #session({ rows, run }: DatabaseSession): DatabaseSession {
    return {
      rows: (sql, values) => this.#call("rows", () => rows(sql, values)),
      run: (sql) => this.#call("run", () => run(sql)),
    };
  }

  #watched<T extends object>(port: string, target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) =>
          this.#call(`${port}.${String(name)}`, async () => Reflect.apply(member, target, given) as unknown);
      },
    });
  }

  async #call<T>(call: string, run: () => Promise<T>): Promise<T> {
    const { fault } = this;
    const index = this.calls;
    this.calls += 1;
    const isLost = fault !== undefined && (index === fault.at || (index > fault.at && fault.lasts !== "once"));
    this.watch(call);
    try {
      if (isLost && fault.lost === "call") throw OUTAGE;
      const answer = await run();
      if (isLost) throw OUTAGE;
      return answer;
    } finally {
      this.watch(call);
    }
  }
}

const OUTAGE = new Refusal("connector_unavailable");
