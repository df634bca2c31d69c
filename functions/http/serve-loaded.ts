import { BrokenDeployment } from "../core/deployment/broken-deployment.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import type { RouteKey } from "../routes.ts";
import { answerRefusal } from "./answer.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";
import type { Handler, Paths } from "./paths.ts";
import { serve } from "./serve.ts";

/** Of an error here, the AWS SDKs read `Code` and `Message`. */
export const CONTAINER_ENDPOINT: RouteKey = "GET /v1/tasks/{task}/credentials/{lease}";

/** How long a process that could not load what was deployed with it answers so, before it looks again. */
const RETRY_SECONDS = 10;

interface Around {
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
}

/**
 * A Lambda handler over what is loaded at once, when the process starts. Where that fails, nothing is decided: every route is answered with
 * `deployment_broken`, and each attempt is a line in the log. An error at import would be the platform's own 5xx, which says nothing to anybody.
 * @param load the ports; what it throws is never answered.
 * @param around the clock, in milliseconds, and where a line of the log goes.
 */
export function serveLoaded<Loaded>(
  load: () => Promise<Loaded>,
  pathsOver: (loaded: Loaded) => Paths,
  { nowMs, log }: Around = { nowMs: () => performance.now(), log: (line) => void process.stdout.write(line) },
): Handler {
  const attempt = () => ({ beganAtMs: nowMs(), handler: handlerOver(load, pathsOver, log) });
  let last = attempt();
  return async (event, context) => {
    const handler = await last.handler;
    if (handler) return handler(event, context);
    if (nowMs() - last.beganAtMs < RETRY_SECONDS * 1_000) return broken(event);
    last = attempt();
    return (await last.handler)?.(event, context) ?? broken(event);
  };
}

async function handlerOver<Loaded>(
  load: () => Promise<Loaded>,
  pathsOver: (loaded: Loaded) => Paths,
  log: Around["log"],
): Promise<Handler | undefined> {
  try {
    return serve(pathsOver(await load()));
  } catch (error) {
    // The reason and what it is about, never a message: a foreign error may quote what it read.
    const told = error instanceof BrokenDeployment ? { why: error.reason, what: error.what } : { why: reasonOf(error) };
    log(`${JSON.stringify({ level: "error", event: "deployment_broken", ...told })}\n`);
    return undefined;
  }
}

function broken({ routeKey }: HttpEvent): HttpAnswer {
  const refusal = new Refusal("deployment_broken", { retryAfterSeconds: RETRY_SECONDS });
  const more = routeKey === CONTAINER_ENDPOINT ? { Code: refusal.code, Message: refusal.sentence } : {};
  return answerRefusal(refusal, more);
}
