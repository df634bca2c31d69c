import { randomInt } from "node:crypto";
import type { AwsFault } from "./aws-fault.ts";

/** Codes of AWS's throttling. Source: the AWS SDK's "standard" retry mode. */
const THROTTLES = new Set([
  ...["BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete"],
  ...[
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
  ],
  ...["SlowDown", "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException"],
  "TransactionInProgressException",
]);

/**
 * Codes of transient failures. The first two are ours: a call that lasted too long, and an answer that arrived damaged.
 */
const PASSING = new Set([
  ...["TimeoutError", "DamagedAnswer", "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError"],
  ...["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
]);

/**
 * Longest pause before the second attempt, by the kind of failure; milliseconds. The pause doubles with each attempt,
 * up to `most`.
 */
const PAUSE_MS = { throttled: 500, otherwise: 50, most: 2_000 } as const;

const isThrottle = ({ name }: AwsFault): boolean => THROTTLES.has(name);

/** Returns true where the same request may succeed a moment later. */
export const mayPass = (fault: AwsFault): boolean =>
  isThrottle(fault) || PASSING.has(fault.name) || fault.$fault === "server";

/**
 * Chooses a random pause before the next attempt; milliseconds.
 * @param attempt number of the attempt that failed, from 1.
 */
export function pauseMs(fault: AwsFault, attempt: number): number {
  const base = isThrottle(fault) ? PAUSE_MS.throttled : PAUSE_MS.otherwise;
  return randomInt(1 + Math.min(base * 2 ** (attempt - 1), PAUSE_MS.most));
}

/**
 * Tokens: those of a full budget, the cost of a retry, and the gain of a first attempt that succeeds. Source: as above.
 */
const BUDGET = { full: 500, retry: 5, afterTimeout: 10, success: 1 } as const;

/**
 * Budget of retries of one process. While AWS is down, requests fail at once, and no storm of retries meets AWS on its
 * return.
 */
export class RetryBudget {
  #tokens: number = BUDGET.full;

  /** Takes the tokens of a retry. @returns how many were taken; undefined where too few are left. */
  take(fault: AwsFault): number | undefined {
    const cost = fault.name === "TimeoutError" ? BUDGET.afterTimeout : BUDGET.retry;
    if (cost > this.#tokens) return undefined;
    this.#tokens -= cost;
    return cost;
  }

  /** Returns the tokens of the last retry after its success; adds one token after a call without a retry. */
  succeed(spent: number | undefined): void {
    this.#tokens = Math.min(BUDGET.full, this.#tokens + (spent ?? BUDGET.success));
  }
}
