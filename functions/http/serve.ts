import middy from "@middy/core";
import { Refusal } from "../core/refusal.ts";
import { answer, answerRefusal } from "./answer.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";
import type { Handler, Paths } from "./paths.ts";

/** Makes a Lambda handler that routes requests to their paths. The only middleware turns an unforeseen error into a 500 without details. */
export function serve(paths: Paths): Handler {
  const route = async (event: HttpEvent): Promise<HttpAnswer> => {
    const path = Object.hasOwn(paths, event.routeKey) ? paths[event.routeKey as keyof Paths] : undefined;
    return path ? path(event) : answerRefusal(new Refusal("not_found"));
  };
  const handler = middy<HttpEvent, HttpAnswer>({ timeoutEarlyInMillis: 0 }).use(lastResort).handler(route);
  return (event, context) => handler(event, context);
}

const lastResort = {
  onError: (request: { error: unknown; event: HttpEvent; response: HttpAnswer | null | undefined }) => {
    // Logs the error's name and stack frames, never its message: a foreign error may quote its input.
    const { name, stack } = request.error instanceof Error ? request.error : new Error("not an error");
    const frames = stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim());
    process.stdout.write(
      `${JSON.stringify({ level: "error", event: "failed", error: name, frames, request: request.event.requestContext?.requestId })}\n`,
    );
    request.response = answer(500, {
      error: "server_error",
      error_description: "Something failed here; nothing was issued. Try again, or tell the operators.",
    });
  },
};
