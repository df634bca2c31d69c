import { describe, expect, it } from "vitest";
import type { HttpEvent } from "../../functions/http/event.ts";
import { EVERY_PATH } from "../fakes/world/every-path.ts";
import { hostileWorld } from "./hostile-world.ts";
import { openedTask } from "./opened-task.ts";
import { operatorToken } from "./scene.ts";
import { traces } from "./traces.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("a malformed JSON body", () => {
  const bodies: readonly (readonly [what: string, body: string])[] = [
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a string", '"success"'],
    ["ten thousand levels", nested(10_000)],
    ["ten thousand levels that never close", '{"a":'.repeat(5_000)],
    ["only a prototype", '{"__proto__":{"outcome":"success","id":"mine"}}'],
    ["a constructor", '{"constructor":{"prototype":{"outcome":"success"}}}'],
    ["a byte-order mark before it", '\ufeff{"outcome":"success"}'],
    ["text behind it", '{"outcome":"success"}{}'],
    ["an outcome as a list", '{"outcome":["success"]}'],
    ["an outcome that nobody knows", '{"outcome":"__proto__"}'],
    ["a field too many", '{"outcome":"success","status":"active"}'],
    ["a detail as an object", '{"outcome":"failure","detail":{"toString":"x"}}'],
    ["a detail that clears the screen", '{"outcome":"failure","detail":"\\u001b[2J"}'],
    ["a detail that turns text around", '{"outcome":"failure","detail":"\\u202etxt.exe"}'],
    ["a detail that is no text", '{"outcome":"failure","detail":"\\ud800"}'],
    ["a detail of two kilobytes", JSON.stringify({ outcome: "failure", detail: "d".repeat(2_048) })],
  ];
  const routes = ["POST /v1/tasks/{task}/complete", "POST /v1/agents"] as const;
  it.each(routes.flatMap((route) => bodies.map(([what, body]) => ({ route, what, body }))))(
    "is refused at $route: $what",
    async ({ route, body }) => {
      const world = hostileWorld();
      const { task, taskToken } = await openedTask(world);
      const before = traces(world);
      const authorization = route === "POST /v1/agents" ? operatorToken(world) : taskToken;
      const event: HttpEvent = {
        routeKey: route,
        headers: { authorization, "content-type": "application/json" },
        pathParameters: { task },
        body,
        requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
      };
      const answer = await EVERY_PATH[route](event, world.ports);
      expect(answer.statusCode).toBe(400);
      expect(["malformed_request", "agent_invalid"]).toContain(JSON.parse(answer.body).code);
      expect(traces(world)).toMatchObject({ tasks: before.tasks, agents: before.agents });
    },
  );
});
