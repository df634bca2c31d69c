/** An answer of the service: its status, its body if that was JSON, and its Retry-After. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  /** What time it is there, by its Date header; epoch milliseconds. */
  readonly dateMs?: number | undefined;
  /** How far this machine's clock is ahead of the service's; milliseconds, 0 where that makes no difference. */
  readonly aheadMs?: number;
}

/** Less is the network's and the header's whole seconds; credentials have minutes. */
const CLOCK_MS = 60_000;

export interface Call {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly timeoutMs: number;
  /** The task token. */
  readonly bearer?: string;
  /** The Authorization header as it stands: the container protocol's. */
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** One call to valetkey, or nothing if it cannot be reached in time. A redirect is never followed: it would carry the token elsewhere. */
export async function callService(call: Call): Promise<Answer | undefined> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (call.authorization) headers.authorization = call.authorization;
  if (call.bearer) headers.authorization = `Bearer ${call.bearer}`;
  if (call.json !== undefined) headers["content-type"] = "application/json";
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
  } catch {
    // No connection, a time-out, a redirect, a body that broke off: for a caller all the same, and the error may quote the request.
    return undefined;
  }
}

/** Whether to try again: nothing was decided. */
export const isOutage = (answer: Answer | undefined): boolean => answer === undefined || answer.status >= 500;

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
