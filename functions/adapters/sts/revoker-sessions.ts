import { IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { isoSeconds } from "../../core/policy/compile.ts";
import type { Clock } from "../../core/ports.ts";
import { REVOKER_ROLE } from "../../names.ts";

/** How long one call may take, so that all that a run does ends before the run does. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true } as const;

/** The shortest that STS issues. */
const STS_SECONDS = 900;

/** A session that is let pass for less than this is of no use to a write; milliseconds. */
const USEFUL_MS = 2_500;

const READ = ["iam:GetRolePolicy", "iam:ListRolePolicies"];
const WRITE = ["iam:PutRolePolicy", "iam:DeleteRolePolicy"];

/** A client that writes, and until when AWS lets it; epoch milliseconds by our clock. */
interface Writer {
  readonly client: IAMClient;
  readonly untilMs: number;
}

/**
 * IAM in the target accounts, through sessions of each account's revoker role. Whoever only reads can only read. Whoever writes does so with
 * a session whose own policy denies everything after a moment: a request that is on its way for longer is refused by IAM, whenever it arrives.
 */
export class RevokerSessions {
  readonly #sts = new STSClient({ maxAttempts: 3, requestHandler: HTTP });
  readonly #readers = new Map<string, IAMClient>();
  readonly #writers = new Map<string, Writer>();
  readonly #partition: string;
  readonly #clock: Clock;
  /** How far AWS's clock is ahead of ours; milliseconds. Believed for as long as no session was issued at a moment that it rules out. */
  #aheadMs = 0;

  constructor(partition: string, clock: Clock) {
    this.#partition = partition;
    this.#clock = clock;
  }

  reader(account: string): IAMClient {
    const known = this.#readers.get(account);
    if (known) return known;
    // The SDK asks again when the credentials run out.
    const credentials = () => this.#assume(account, [{ Effect: "Allow", Action: READ, Resource: "*" }]);
    const client = new IAMClient({ maxAttempts: 2, requestHandler: HTTP, credentials });
    this.#readers.set(account, client);
    return client;
  }

  /** @param untilMs nothing that is written with it lands later; epoch milliseconds by our clock. */
  async writer(account: string, untilMs: number): Promise<IAMClient> {
    const known = this.#writers.get(account);
    if (known && known.untilMs <= untilMs && known.untilMs >= this.#clock.nowMs() + USEFUL_MS) return known.client;
    const client = new IAMClient({
      // Each request once: this class's caller has to know of each attempt.
      maxAttempts: 1,
      requestHandler: this.reader(account).config.requestHandler,
      credentials: await this.#fenced(account, untilMs),
    });
    this.#writers.set(account, { client, untilMs });
    return client;
  }

  /** A fence is by AWS's clock: where that turns out to be another than was thought, the session is issued anew. */
  async #fenced(account: string, untilMs: number): Promise<RevokerKeys> {
    for (let attempt = 1; ; attempt += 1) {
      const beganAtMs = this.#clock.nowMs();
      const fence = isoSeconds(Math.floor((untilMs + this.#aheadMs) / 1_000));
      const keys = await this.#assume(account, [
        { Effect: "Allow", Action: WRITE, Resource: "*" },
        { Effect: "Deny", Action: "*", Resource: "*", Condition: { DateGreaterThan: { "aws:CurrentTime": fence } } },
      ]);
      // In whole seconds, rounded down.
      const issuedAtMs = keys.expiration.getTime() - STS_SECONDS * 1_000;
      const [least, most] = [issuedAtMs - this.#clock.nowMs(), issuedAtMs + 1_000 - beganAtMs];
      if (least <= this.#aheadMs && this.#aheadMs <= most) return keys;
      this.#aheadMs = least;
      if (attempt === 2) throw new Error("AWS's clock cannot be told");
    }
  }

  async #assume(account: string, statements: readonly object[]): Promise<RevokerKeys> {
    const { Credentials: credentials } = await this.#sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${this.#partition}:iam::${account}:role/${REVOKER_ROLE}`,
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
