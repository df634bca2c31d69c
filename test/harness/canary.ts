import { afterAll, afterEach, expect } from "vitest";
import { CANARY_SECRET } from "../../fakes/fake-sessions.ts";
import { type FakeWorld, onEachWorld } from "../../fakes/fake-world.ts";

/** What our own tokens look like, wherever they stand. */
const OWN_TOKEN = /vk[pd]?_[a-z0-9.]{13,58}_[A-Za-z0-9_-]{43}/;
/** Routes whose good answers hold a token or credentials: for the one who asked, and nobody else. */
const HANDS_OUT = new Set(["POST /v1/token", "GET /v1/tasks/{task}/credentials/{lease}"]);

/** After each test of the file, `expectUnseen` of every world of it. */
export function watchProbes(): void {
  const worlds: FakeWorld[] = [];
  afterAll(onEachWorld((world) => void worlds.push(world)));
  afterEach(() => {
    for (const world of worlds.splice(0)) expectUnseen(world);
  });
}

/**
 * No token, secret or credential of the world stands in the record, in the log, in a refusal, or in an answer of a route that hands
 * nothing out (I8).
 */
export function expectUnseen(world: FakeWorld): void {
  const { ports, lines, answers } = world;
  const open = answers.filter(({ route, answer }) => !(HANDS_OUT.has(route) && answer.statusCode === 200));
  const { tasks, agents } = ports;
  const text = JSON.stringify([
    tasks.events,
    agents.events,
    [...tasks.tasks],
    [...tasks.pendingRevocations.known],
    [...agents.agents],
    lines,
    open,
  ]);
  // Never the text itself in the message: it may be long, and it holds a secret.
  expect(
    secretsOf(world).filter((secret) => text.includes(secret)).length,
    "secrets seen in record, log or answers",
  ).toBe(0);
  expect(OWN_TOKEN.exec(text)?.index ?? "none", "place of a task token in record, log or answers").toBe("none");
}

/** Whole tokens, and the payload of each: a part of a token says as much. */
const secretsOf = ({ secrets }: FakeWorld): readonly string[] => [
  CANARY_SECRET,
  "canary-session-token",
  ...[...secrets].flatMap((secret) => [secret, ...secret.split(".").filter((part) => part.length > 20)]),
];
