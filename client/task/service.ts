import { RENEWS_HEADER } from "../../contract/names.ts";
import type { Unread } from "../../contract/operation.ts";
import { wait } from "./budget-in-words.ts";

type Body = Readonly<Record<string, unknown>>;

/** Answer of the service, which claims to be a T: its status, its body where that is JSON, and its Retry-After. */
export interface Answer<T = Body> {
  readonly status: number;
  readonly body: Unread<T>;
  readonly retryAfterSeconds: number | undefined;
  /** Service's time, from its Date header; epoch milliseconds. */
  readonly dateMs?: number | undefined;
  /** Lead of this machine's clock over the service's; milliseconds, 0 where it is negligible. */
  readonly aheadMs?: number;
}

/** Smallest lead that counts. A smaller one may come from the network and the header's whole seconds. */
const CLOCK_MS = 60_000;

export interface Call {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly timeoutMs: number;
  /** Task token. */
  readonly bearer?: string;
  /** Authorization header, verbatim, for the container protocol. */
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** True where this client renews its sessions by itself: they may be short. */
  readonly renews?: boolean | undefined;
}

/** Calls valetkey; undefined where no answer comes in time. Follows no redirect, which would carry the token elsewhere. */
export async function callService<T = Body>(call: Call): Promise<Answer<T> | undefined> {
  const outcome = await tryService<T>(call);
  return typeof outcome === "string" ? undefined : outcome;
}

/** Calls valetkey as `callService` does. @returns `unsent` where no connection was made; `unanswered` where the request may have had an effect. */
export async function tryService<T = Body>(call: Call): Promise<Answer<T> | "unsent" | "unanswered"> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (call.authorization) headers.authorization = call.authorization;
  if (call.bearer) headers.authorization = `Bearer ${call.bearer}`;
  if (call.json !== undefined) headers["content-type"] = "application/json";
  if (call.renews) headers[RENEWS_HEADER] = "1";
  const body = call.form ? new URLSearchParams(call.form) : call.json === undefined ? null : JSON.stringify(call.json);
  const sentMs = Date.now();
  try {
    const signal = AbortSignal.timeout(call.timeoutMs);
    const response = await fetch(call.url, { method: call.method, headers, body, redirect: "error", signal });
    const dateMs = Date.parse(response.headers.get("date") ?? "") || undefined;
    const aheadMs = dateMs === undefined ? 0 : (sentMs + Date.now()) / 2 - dateMs;
    const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      status: response.status,
      body: parsed(await response.text()),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
      dateMs,
      aheadMs: Math.abs(aheadMs) > CLOCK_MS ? Math.round(aheadMs) : 0,
    };
  } catch (error) {
    // Treats a time-out, a redirect and a truncated body alike. Drops the error, since it may quote the request.
    return isUnsent(error) ? "unsent" : "unanswered";
  }
}

/** Codes of the system and of undici for a connection that was never made. */
const UNSENT: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** True where no address of the host accepted the connection. `localhost` has two addresses, each with its own error. */
function isUnsent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes = cause instanceof AggregateError && cause.errors.length > 0 ? cause.errors : [cause];
  return causes.every((each) => each instanceof Error && "code" in each && UNSENT.has(each.code));
}

/** True for an answer without a decision, which may be retried. */
export const isOutage = (answer: Pick<Answer, "status"> | undefined): boolean =>
  answer === undefined || answer.status >= 500;

function parsed(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Names the time to wait, in place of the header that a command line does not show. */
export function withSeconds(sentence: string, seconds: number | undefined): string {
  if (seconds === undefined) return sentence;
  const named = sentence.replace("wait as long as Retry-After says", `wait ${wait(seconds)}`);
  return named === sentence ? `${sentence} Try again in ${wait(seconds)}.` : named;
}
