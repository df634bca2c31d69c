import { afterAll, afterEach, expect } from "vitest";
import { TOKEN_WITHIN } from "../../contract/names.ts";
import type { HttpAnswer } from "../../functions/http/event.ts";
import { CANARY_SECRET } from "../fakes/tasks/sessions.ts";
import { type FakeWorld, onEachWorld } from "../fakes/world/world.ts";

/** Pattern of our own tokens, in any text. */
const OWN_TOKEN = new RegExp(TOKEN_WITHIN);
/** Routes whose successful answers contain a token or credentials for the caller. */
const HANDS_OUT = new Set(["POST /v1/token", "GET /v1/tasks/{task}/credentials/{lease}"]);

/** Route whose answers have the session token among the headers to add: AWS demands it, and it is good for nothing without the key. */
const SIGNS = "POST /v1/tasks/{task}/sign";

const withoutToken = (answer: HttpAnswer): HttpAnswer => ({
  ...answer,
  body: answer.body.replace(/\["x-amz-security-token","[^"]*"\]/, "[]"),
});

/** Checks `expectUnseen` for every world of the file, after each test. */
export function watchProbes(): void {
  const worlds: FakeWorld[] = [];
  afterAll(onEachWorld((world) => void worlds.push(world)));
  afterEach(() => {
    for (const world of worlds.splice(0)) expectUnseen(world);
  });
}

/**
 * Expects no token, secret or credential of the world in the record, the log or a refusal (I8). The answers of routes
 * that hand nothing out must not contain one either.
 */
export function expectUnseen(world: FakeWorld): void {
  const { ports, lines, answers } = world;
  const open = answers
    .filter(({ route, answer }) => !(HANDS_OUT.has(route) && answer.statusCode === 200))
    .map(({ route, answer }) => ({ route, answer: route === SIGNS ? withoutToken(answer) : answer }));
  const { tasks, agents } = ports;
  const text = JSON.stringify([
    tasks.events,
    agents.events,
    [...tasks.tasks],
    [...tasks.pendingRevocations.known],
    [...tasks.kept.items],
    [...agents.agents],
    lines,
    open,
  ]);
  // The message leaves the text out: it may be long, and it contains a secret.
  expect(
    secretsOf(world).filter((secret) => text.includes(secret)).length,
    "secrets seen in record, log or answers",
  ).toBe(0);
  expect(OWN_TOKEN.exec(text)?.index ?? "none", "place of a task token in record, log or answers").toBe("none");
}

/** Whole tokens, and the parts of each: a part reveals as much as the token. */
const secretsOf = ({ secrets }: FakeWorld): readonly string[] => [
  CANARY_SECRET,
  "canary-session-token",
  ...[...secrets].flatMap((secret) => [secret, ...secret.split(".").filter((part) => part.length > 20)]),
];
