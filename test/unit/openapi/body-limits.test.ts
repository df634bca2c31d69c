import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { registerAgent } from "../../../contract/registrations.ts";
import { completion } from "../../../contract/tasks.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import type { Call } from "../../openapi/recording/call.ts";
import { startTask } from "../../openapi/recording/story.ts";
import { isTaken, numbered, type Row } from "./is-taken.ts";

const bound = (claims: object) => ({ bindings: [{ issuer: "robots", claims }] });
const sub = "agent:new";

const REGISTERING: readonly Row[] = [
  ["an id of 64 characters", true, { id: "a".repeat(64) }],
  ["an id of 65 characters", false, { id: "a".repeat(65) }],
  ["an id of one character", false, { id: "a" }],
  ["an id that ends in a hyphen", false, { id: "new-" }],
  ["a name of 128 characters", true, { name: "n".repeat(128) }],
  ["a name of 129 characters", false, { name: "n".repeat(129) }],
  ["a blank name", false, { name: " " }],
  ["an owner of 256 characters", true, { owner: "o".repeat(256) }],
  ["an owner of 257 characters", false, { owner: "o".repeat(257) }],
  ["a team of 64 characters", true, { team: "t".repeat(64) }],
  ["a team of 65 characters", false, { team: "t".repeat(65) }],
  ["a team with a control character", false, { team: "t\u0007" }],
  ["no binding", false, { bindings: [] }],
  [
    "20 bindings",
    true,
    { bindings: numbered(20, "agent:").map((each) => ({ issuer: "robots", claims: { sub: each } })) },
  ],
  [
    "21 bindings",
    false,
    { bindings: numbered(21, "agent:").map((each) => ({ issuer: "robots", claims: { sub: each } })) },
  ],
  ["a binding with a field that nobody knows", false, { bindings: [{ issuer: "robots", claims: { sub }, team: "t" }] }],
  ["no claim", false, bound({})],
  ["10 claims", true, bound({ sub, ...Object.fromEntries(numbered(9, "c").map((name) => [name, "v"])) })],
  ["11 claims", false, bound({ sub, ...Object.fromEntries(numbered(10, "c").map((name) => [name, "v"])) })],
  ["a claim's name of 256 characters", true, bound({ sub, ["c".repeat(256)]: "v" })],
  ["a claim's name of 257 characters", false, bound({ sub, ["c".repeat(257)]: "v" })],
  ["a claim of 512 characters", true, bound({ sub: "s".repeat(512) })],
  ["a claim of 513 characters", false, bound({ sub: "s".repeat(513) })],
  ["a claim with a wildcard", false, bound({ sub: "agent:*" })],
  ["a claim that is a number", false, bound({ sub: 7 })],
  ["an end in UTC", true, { ends_at: "2027-06-30T00:00:00Z" }],
  ["an end with an offset", false, { ends_at: "2027-06-30T00:00:00+02:00" }],
  ["an end that is a day", false, { ends_at: "2027-06-30" }],
  ["1,000 live tasks", true, { limits: { live_tasks: 1_000 } }],
  ["1,001 live tasks", false, { limits: { live_tasks: 1_001 } }],
  ["no live task", false, { limits: { live_tasks: 0 } }],
  ["tasks of 12 hours", true, { limits: { task_seconds: 43_200 } }],
  ["tasks of 12 hours and a second", false, { limits: { task_seconds: 43_201 } }],
  ["6,000 tasks a minute", true, { limits: { tasks_per_minute: 6_000 } }],
  ["6,001 tasks a minute", false, { limits: { tasks_per_minute: 6_001 } }],
  ["a task and a half", false, { limits: { live_tasks: 1.5 } }],
  ["a limit that nobody knows", false, { limits: { tokens: 1 } }],
  ["a field that nobody knows", false, { status: "active" }],
];

const COMPLETING: readonly Row[] = [
  ["no detail", true, {}],
  ["an empty detail", true, { detail: "" }],
  ["a detail of 1,024 characters", true, { detail: "d".repeat(1_024) }],
  ["a detail of 1,025 characters", false, { detail: "d".repeat(1_025) }],
  ["a detail of lines and tabs", true, { detail: "Error:\n\tat work" }],
  ["a detail with an escape", false, { detail: "\u001b[2J" }],
  ["another outcome", false, { outcome: "done" }],
  ["a field that nobody knows", false, { status: "completed" }],
];

describe("a JSON body's documented limits are its handler's", () => {
  it.each(REGISTERING)("registering an agent: %s (%s)", async (_, taken, changed) => {
    const world = fakeWorld();
    const json = { id: "new", name: "New", owner: "o@acme.test", team: "t", ...bound({ sub }), ...changed };
    expect(v.is(registerAgent.body.schema, json)).toBe(taken);
    const call: Call = { route: "POST /v1/agents", bearer: world.operatorToken(), body: { json } };
    expect(await isTaken(call, world)).toBe(taken);
  });

  it.each(COMPLETING)("completing a task: %s (%s)", async (_, taken, changed) => {
    const world = fakeWorld();
    const json = { outcome: "success", ...changed };
    expect(v.is(completion, json)).toBe(taken);
    const { id, token } = await startTask(world);
    const call: Call = { route: "POST /v1/tasks/{task}/complete", path: { task: id }, bearer: token, body: { json } };
    expect(await isTaken(call, world)).toBe(taken);
  });
});
