import { IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Clock } from "../../core/ports.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { revokerRole } from "../../hub-names.ts";

/** Time-outs of one call, so short that all calls of a run end before the run does; milliseconds. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true } as const;

/** Shortest duration that STS issues; seconds. */
const STS_SECONDS = 900;

/** Least remaining time of a session that is still used for a write; milliseconds. */
const USEFUL_MS = 2_500;

const READ = ["iam:GetRolePolicy", "iam:ListRolePolicies"];
const WRITE = ["iam:PutRolePolicy", "iam:DeleteRolePolicy"];

/** Client for writes, and the moment until which AWS accepts them; epoch milliseconds by valetkey's clock. */
interface Writer {
  readonly client: IAMClient;
  readonly untilMs: number;
}

/**
 * IAM clients for the target accounts, through sessions of each account's revoker role. A reader's session policy allows only reads. A writer's
 * session policy denies everything after a fixed moment, so that IAM refuses a write that arrives later.
 */
export class RevokerSessions {
  readonly #sts = new STSClient({ maxAttempts: 3, requestHandler: HTTP });
  readonly #readers = new Map<string, IAMClient>();
  readonly #writers = new Map<string, Writer>();
  readonly #hub: Pick<Deployment, "partition" | "prefix">;
  readonly #clock: Clock;
  /**
   * Estimate of the time by which AWS's clock is ahead of valetkey's; milliseconds. A session's time of issue may
   * correct it.
   */
  #aheadMs = 0;

  constructor(hub: Pick<Deployment, "partition" | "prefix">, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  reader(account: AccountId): IAMClient {
    const known = this.#readers.get(account);
    if (known) return known;
    // The SDK calls this again when the credentials expire.
    const credentials = () => this.#assume(account, [{ Effect: "Allow", Action: READ, Resource: "*" }]);
    const client = new IAMClient({ maxAttempts: 2, requestHandler: HTTP, credentials });
    this.#readers.set(account, client);
    return client;
  }

  /** Returns a client for one account. @param untilMs moment after which none of its writes lands; epoch milliseconds by valetkey's clock. */
  async writer(account: AccountId, untilMs: number): Promise<IAMClient> {
    const known = this.#writers.get(account);
    if (known && known.untilMs <= untilMs && known.untilMs >= this.#clock.nowMs() + USEFUL_MS) return known.client;
    const client = new IAMClient({
      // No retries in the SDK: the caller has to know the outcome of each attempt.
      maxAttempts: 1,
      requestHandler: this.reader(account).config.requestHandler,
      credentials: await this.#fenced(account, untilMs),
    });
    this.#writers.set(account, { client, untilMs });
    return client;
  }

  /**
   * Issues a session with a fence by AWS's clock. Issues it again where the first session shows that the estimate of
   * that clock was wrong. Each estimate is the least that the session allows, so a slow answer makes the fence earlier,
   * never later.
   */
  async #fenced(account: AccountId, untilMs: number): Promise<RevokerKeys> {
    for (let attempt = 1; ; attempt += 1) {
      const [beganAtMs, aheadMs] = [this.#clock.nowMs(), this.#aheadMs];
      const fence = isoSeconds(Math.floor((untilMs + aheadMs) / 1_000));
      const keys = await this.#assume(account, [
        { Effect: "Allow", Action: WRITE, Resource: "*" },
        { Effect: "Deny", Action: "*", Resource: "*", Condition: { DateGreaterThan: { "aws:CurrentTime": fence } } },
      ]);
      // AWS reports whole seconds, rounded down.
      const issuedAtMs = keys.expiration.getTime() - STS_SECONDS * 1_000;
      const [least, most] = [issuedAtMs - this.#clock.nowMs(), issuedAtMs + 1_000 - beganAtMs];
      if (least <= aheadMs && aheadMs <= most) return keys;
      this.#aheadMs = least;
      // An estimate that is too low, after a slow answer, fences early, which is safe. An estimate that is too high
      // fences late.
      if (attempt === 2 && aheadMs <= most) return keys;
      if (attempt === 2) throw new Error("AWS's clock cannot be told");
    }
  }

  async #assume(account: AccountId, statements: readonly object[]): Promise<RevokerKeys> {
    const { Credentials: credentials } = await this.#sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${this.#hub.partition}:iam::${account}:role/${revokerRole(this.#hub)}`,
        RoleSessionName: "valetkey-reconcile",
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        DurationSeconds: STS_SECONDS,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error("STS answered without credentials");
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  }
}

interface RevokerKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}
