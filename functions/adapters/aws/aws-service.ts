import { setTimeout as sleep } from "node:timers/promises";
import { partitionOf } from "../../core/deployment/partition-of.ts";
import { AwsFault } from "./aws-fault.ts";
import { type Answer, post } from "./post.ts";
import { mayPass, pauseMs, RetryBudget } from "./retries.ts";
import { Signer } from "./signer.ts";

/** AWS services that the small client calls, by their names in hosts and signatures. */
type ServiceName = "dynamodb" | "sts" | "secretsmanager" | "events" | "kms";

/** Names of the services in `AWS_ENDPOINT_URL_<NAME>`. */
const VARIABLES = {
  dynamodb: "DYNAMODB",
  sts: "STS",
  secretsmanager: "SECRETS_MANAGER",
  events: "EVENTBRIDGE",
  kms: "KMS",
} as const;

/**
 * Returns the Region and the address of a service for this function. Reads the environment as the SDK does; by default,
 * the address is in the function's own Region.
 */
function serviceEndpoint(service: ServiceName): { readonly region: string; readonly url: URL } {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: any } = process.env;
  if (!region) throw new Error("no Region in the environment (AWS_REGION)");
  const given = process.env[`AWS_ENDPOINT_URL_${VARIABLES[service]}`] || any;
  const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return { region, url: new URL(given || `https://${service}.${region}.${suffix}`) };
}

/**
 * Bounds of a call: number of attempts; longest duration of a connect, of one attempt and of all together, in
 * milliseconds.
 */
export interface CallBounds {
  readonly attempts: number;
  readonly connectMs: number;
  readonly attemptMs: number;
  readonly wholeMs: number;
}

/**
 * Difference of the clocks above which requests are signed by AWS's clock; milliseconds. AWS refuses signatures that
 * are 5 minutes off.
 */
const SKEW_MS = 300_000;

/** Codes by which AWS refuses a signature of another time. */
const SKEWED = new Set([
  ...["AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"],
  "SignatureDoesNotMatch",
]);

/** Reads the fault of an unsuccessful answer. Each protocol of AWS has its own form. */
type FaultOf = (answer: Answer) => AwsFault;

/** Checks a successful answer. @throws {AwsFault} where it arrived damaged. */
type Check = (answer: Answer) => void;

/**
 * Client of one AWS service, for the path of a vend. Signs requests, sends them over persistent connections, and
 * retries as the SDK does. A call takes less than half of the SDK's CPU time
 * (docs/decisions/0044-small-client-of-aws.md).
 */
export class AwsService {
  readonly #url: URL;
  readonly #signer: Signer;
  readonly #bounds: CallBounds;
  readonly #faultOf: FaultOf;
  readonly #check: Check;
  readonly #nowMs: () => number;
  readonly #budget = new RetryBudget();
  /** Time by which AWS's clock is ahead of ours, where the clocks differ by minutes; milliseconds. */
  #aheadMs = 0;

  constructor(
    service: ServiceName,
    bounds: CallBounds,
    faultOf: FaultOf,
    check: Check = () => {},
    nowMs: () => number = Date.now,
  ) {
    const { region, url } = serviceEndpoint(service);
    this.#url = url;
    this.#bounds = bounds;
    this.#faultOf = faultOf;
    this.#check = check;
    this.#nowMs = nowMs;
    this.#signer = new Signer(service, region);
  }

  /**
   * Sends a request, with retries where these may help.
   * @param headers headers of the protocol, in lower case.
   * @returns the body of AWS's answer.
   * @throws {AwsFault}
   */
  async send(headers: Readonly<Record<string, string>>, body: string): Promise<string> {
    const untilMs = this.#nowMs() + this.#bounds.wholeMs;
    let spentTokens: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const aheadMs = this.#aheadMs;
      try {
        const answer = await this.#attempt(headers, body, untilMs);
        this.#budget.succeed(spentTokens);
        return answer;
      } catch (fault) {
        if (!(fault instanceof AwsFault)) throw fault;
        const isSkewed = SKEWED.has(fault.name) && aheadMs !== this.#aheadMs;
        if (attempt >= this.#bounds.attempts || !(isSkewed || mayPass(fault))) throw fault;
        spentTokens = this.#budget.take(fault);
        const pause = pauseMs(fault, attempt);
        if (spentTokens === undefined || this.#nowMs() + pause >= untilMs) throw fault;
        await sleep(pause);
      }
    }
  }

  /** Sends the request once. @throws {AwsFault} */
  async #attempt(headers: Readonly<Record<string, string>>, body: string, untilMs: number): Promise<string> {
    const request = { method: "POST", headers: { ...headers, host: this.#url.host }, body } as const;
    const signed = this.#signer.sign(request, this.#nowMs() + this.#aheadMs);
    const wholeMs = Math.min(this.#bounds.attemptMs, untilMs - this.#nowMs());
    const answer = await post(this.#url, signed, body, { connectMs: this.#bounds.connectMs, wholeMs });
    this.#readClock(answer.headers.date);
    if (answer.status !== 200) throw this.#faultOf(answer);
    this.#check(answer);
    return answer.body.toString();
  }

  /** Follows AWS's clock where it differs by minutes from the clock of the signature. */
  #readClock(date: string | undefined): void {
    const awsMs = Date.parse(date ?? "");
    if (Math.abs(awsMs - (this.#nowMs() + this.#aheadMs)) >= SKEW_MS) this.#aheadMs = awsMs - this.#nowMs();
  }
}
