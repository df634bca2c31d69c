import type { Admission } from "../core/admission.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { RouteKey } from "../routes.ts";
import { answerRefusal } from "./answer.ts";
import { claimedCaller } from "./claimed-caller.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";
import type { Path, Paths } from "./paths.ts";
import { CONTAINER_ENDPOINT } from "./serve-loaded.ts";

/**
 * Bounds for each route that issues credentials, or decides about them; milliseconds. Other routes are never refused.
 * `patience`: age from which a request is refused. AWS's JavaScript SDK and botocore wait one and two seconds, the `valetkey` command ten for a token.
 * `wait`: time for which a request waits for a place, a small part of the caller's patience: whoever asks for renewed credentials has a second at AWS's
 * JavaScript SDK. A question waits less than a task, so questions are refused first.
 */
const BOUNDS_MS: Readonly<Partial<Record<RouteKey, { readonly patience: number; readonly wait: number }>>> = {
  "POST /v1/token": { patience: 9_000, wait: 2_000 },
  "POST /v1/decide": { patience: 9_000, wait: 300 },
  "GET /v1/self": { patience: 9_000, wait: 300 },
  "GET /v1/tasks/{task}/credentials/{lease}": { patience: 5_000, wait: 300 },
};

/** Values of Retry-After, used in turn so that refused clients do not all return at the same moment; seconds. */
const RETRY_SECONDS = [1, 2, 3] as const;

type Needs = Pick<Ports, "clock" | "log" | "pause">;

/**
 * Limits paths to requests whose caller still waits, and to as many concurrent ones as can be answered in time. Others wait a moment for
 * their turn. Refuses the rest with `overloaded` and Retry-After, before anything is decided, issued or written.
 */
export function shedding(
  paths: Paths,
  admission: Pick<Admission, "enterSoon" | "leave" | "limit">,
  ports: Needs,
): Paths {
  let refused = 0;
  const refuse = (event: HttpEvent, why: string): HttpAnswer => {
    refused += 1;
    return refuseOverload(event, why, RETRY_SECONDS[refused % RETRY_SECONDS.length] ?? 1, ports);
  };
  const shed =
    (path: Path, patienceMs: number, waitMs: number): Path =>
    async (event) => {
      const nowMs = ports.clock.nowMs();
      const { timeEpoch = nowMs } = event.requestContext;
      if (nowMs - timeEpoch >= patienceMs) return refuse(event, "nobody waits for it any more");
      const place = await admission.enterSoon(
        nowMs,
        () => claimedCaller(event),
        () => ports.pause(waitMs),
      );
      if (!place) return refuse(event, `at most ${admission.limit} at a time`);
      try {
        return await path(event);
      } finally {
        admission.leave(place, ports.clock.nowMs());
      }
    };
  const impatient = Object.entries(BOUNDS_MS).flatMap(([route, { patience, wait }]) => {
    const path = paths[route as RouteKey];
    return path ? [[route, shed(path, patience, wait)]] : [];
  });
  return { ...paths, ...Object.fromEntries(impatient) };
}

function refuseOverload(event: HttpEvent, why: string, retryAfterSeconds: number, { log }: Needs): HttpAnswer {
  const refusal = new Refusal("overloaded", { why, retryAfterSeconds });
  const { routeKey: route, requestContext } = event;
  log.write({ level: "error", event: "refused", route, request: requestContext.requestId, code: refusal.code, why });
  return answerRefusal(refusal, route === CONTAINER_ENDPOINT ? { Code: refusal.code, Message: refusal.sentence } : {});
}
