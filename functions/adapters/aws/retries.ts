import { randomInt } from "node:crypto";
import type { AwsFault } from "./aws-fault.ts";

/** Codes by which AWS says that it is too busy. Source: the AWS SDK's "standard" retry mode. */
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

/** Codes of failures that pass. The first two are ours: a call that lasted too long, and an answer that arrived damaged. */
const PASSING = new Set([
  ...["TimeoutError", "DamagedAnswer", "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError"],
  ...["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
]);

/** Longest pause before an attempt, for each attempt before it; milliseconds. It doubles with each attempt. */
const PAUSE_MS = { throttled: 500, otherwise: 50, most: 2_000 } as const;

const isThrottle = ({ name }: AwsFault): boolean => THROTTLES.has(name);

/** True where the same request may succeed a moment later. */
export const mayPass = (fault: AwsFault): boolean =>
  isThrottle(fault) || PASSING.has(fault.name) || fault.$fault === "server";

/** Pause before the next attempt; milliseconds, random. @param attempt number of the attempt that failed, from 1. */
export function pauseMs(fault: AwsFault, attempt: number): number {
  const base = isThrottle(fault) ? PAUSE_MS.throttled : PAUSE_MS.otherwise;
  return randomInt(1 + Math.min(base * 2 ** (attempt - 1), PAUSE_MS.most));
}

/** Tokens of a full budget, what a retry takes, and what a first attempt that succeeded brings. Source: as above. */
const BUDGET = { full: 500, retry: 5, afterTimeout: 10, success: 1 } as const;

/** Budget of retries of one process: while AWS is down, requests fail at once, and no storm of retries meets AWS when it comes back. */
export class RetryBudget {
  #tokens: number = BUDGET.full;

  /** Takes the tokens of a retry. @returns how many were taken; undefined where too few are left. */
  take(fault: AwsFault): number | undefined {
    const cost = fault.name === "TimeoutError" ? BUDGET.afterTimeout : BUDGET.retry;
    if (cost > this.#tokens) return undefined;
    this.#tokens -= cost;
    return cost;
  }

  /** Gives back what the last retry took, after it succeeded; one token after a call without a retry. */
  succeed(taken: number | undefined): void {
    this.#tokens = Math.min(BUDGET.full, this.#tokens + (taken ?? BUDGET.success));
  }
}
