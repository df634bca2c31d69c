import { BrokenDeployment } from "../core/deployment/broken-deployment.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import type { RouteKey } from "../routes.ts";
import { answerRefusal } from "./answer.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";
import type { Handler, Paths } from "./paths.ts";
import { serve } from "./serve.ts";

/** Route that the AWS SDKs call for credentials. The SDKs read `Code` and `Message` of an error. */
export const CONTAINER_ENDPOINT: RouteKey = "GET /v1/tasks/{task}/credentials/{lease}";

/** Time between two attempts of a process to load a broken deployment; seconds. */
const RETRY_SECONDS = 10;

interface Around {
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
}

/**
 * Makes a Lambda handler whose ports load when the process starts. If loading fails, every route answers `deployment_broken`, nothing is decided, and each
 * attempt logs one line. An error at import would be the platform's own 5xx, which explains nothing to the client.
 * `loaded` resolves once the first attempt has ended, well or not.
 * @param load loads the ports. An error is logged by its name, and never sent to a client.
 * @param around clock in milliseconds, and the sink of log lines.
 */
export function serveLoaded<Loaded>(
  load: () => Promise<Loaded>,
  pathsOver: (loaded: Loaded) => Paths,
  { nowMs, log }: Around = { nowMs: () => performance.now(), log: (line) => void process.stdout.write(line) },
): Handler & { readonly loaded: Promise<unknown> } {
  const attempt = () => ({ beganAtMs: nowMs(), handler: handlerOver(load, pathsOver, log) });
  let last = attempt();
  const serving: Handler = async (event, context) => {
    const handler = await last.handler;
    if (handler) return handler(event, context);
    if (nowMs() - last.beganAtMs < RETRY_SECONDS * 1_000) return broken(event);
    last = attempt();
    return (await last.handler)?.(event, context) ?? broken(event);
  };
  return Object.assign(serving, { loaded: last.handler });
}

async function handlerOver<Loaded>(
  load: () => Promise<Loaded>,
  pathsOver: (loaded: Loaded) => Paths,
  log: Around["log"],
): Promise<Handler | undefined> {
  try {
    return serve(pathsOver(await load()));
  } catch (error) {
    // Logs the reason and its object, never a message: a foreign error may quote its input.
    const reason =
      error instanceof BrokenDeployment ? { why: error.reason, what: error.what } : { why: reasonOf(error) };
    log(`${JSON.stringify({ level: "error", event: "deployment_broken", ...reason })}\n`);
    return undefined;
  }
}

function broken({ routeKey }: HttpEvent): HttpAnswer {
  const refusal = new Refusal("deployment_broken", { retryAfterSeconds: RETRY_SECONDS });
  const more = routeKey === CONTAINER_ENDPOINT ? { Code: refusal.code, Message: refusal.sentence } : {};
  return answerRefusal(refusal, more);
}
