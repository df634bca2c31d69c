import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REFUSALS } from "../../contract/refusals.ts";
import type { HttpAnswer } from "../../functions/http/event.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { CANARY_SECRET } from "../fakes/tasks/sessions.ts";
import { NOON_MS, policiesWithPermits } from "../fakes/world/world.ts";
import { cpuMillisecondsUntil } from "../unit/cpu-milliseconds.ts";
import { ROUTE_KEYS } from "./call.ts";
import { answerTo, eventOf, type Holdings } from "./fuzz/requests.ts";
import { RARE, type Step, steps } from "./fuzz/steps.ts";
import { holdToDynamo } from "./fuzz/strict-store.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { secretsIn } from "./secrets-in.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON_MS }));
afterEach(() => void vi.useRealTimers());

const RUNS = 250;
/** Upper bound on one answer's CPU milliseconds, for any request. A whole run stays far below it. */
const MOST_MS = 1_000;

/**
 * Number of times each outcome occurred: `POST /v1/token 200`, `policy_denied`. Without these outcomes the fuzzing
 * would miss its purpose.
 */
const seen = new Map<string, number>();
const GOOD: Partial<Record<RouteKey, number>> = {
  "POST /v1/agents": 201,
  "POST /v1/secrets/{secret}/rotate": 202,
  "POST /v1/consents": 201,
  "POST /v1/agents/{agent}/threat-model": 201,
};
/** No policy here has a glass to break, so each review is refused. */
const REFUSED: readonly RouteKey[] = ["POST /v1/approvals/{approval}/review"];
const REACHED: readonly string[] = [
  ...ROUTE_KEYS.filter((route) => !REFUSED.includes(route)).map((route) => `${route} ${GOOD[route] ?? 200}`),
  "a request that waits",
  "an approval that is used",
  "authorization_pending",
  "approval_denied",
  "approval_expired",
  "approval_unknown",
  "already_used",
  "vote_invalid",
  "consent_exists",
  "sign_in_used",
  "a task",
  "a presentation token",
  "a renewal",
  "an active introspection",
  "an inactive introspection",
  "malformed_request",
  "unsupported_media_type",
  "token_malformed",
  "token_replayed",
  "agent_unknown",
  "intent_invalid",
  "policy_denied",
  "task_token_invalid",
  "task_ended",
  "lease_unknown",
  "idempotency_conflict",
  "agent_invalid",
  "agent_exists",
  "agent_not_found",
  "agent_inactive",
  "halted",
  "account_halted",
  "operator_denied",
  "operator_token_invalid",
  "client_unauthenticated",
  "store_unavailable",
  "sts_unavailable",
];
const writing = (folder: string): string =>
  `permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
   when { resource.arn like "arn:aws:s3:::acme-data/${folder}/*" };`;
/**
 * The repository's policies and two more. One requires one person's approval; one requires two people's, or one's in an
 * emergency.
 */
const ASKING = policiesWithPermits(
  ["publishing", writing("published"), { approval: "sre" }],
  ["mending", writing("mended"), { approval: "sre=2", breakGlass: "", maxTtl: "15m" }],
);
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

describe("any sequence of requests", () => {
  it("gets only documented answers: no failure, no hang, no secret where it does not belong", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        vi.setSystemTime(NOON_MS);
        const world = hostileWorld({ policies: ASKING });
        holdToDynamo(world);
        const held: Holdings = {
          tokens: [],
          taskTokens: [],
          presentations: [],
          tasks: [],
          approvals: [],
          consents: [],
        };
        for (const step of sequence) await take(step, held, world);
        const written = JSON.stringify([world.lines, world.ports.tasks.events, world.ports.agents.events]);
        expect(secretsIn(written, ...held.tokens.filter((token) => token.startsWith("eyJ")))).toEqual([]);
      }),
      // Chance reaches the rare outcomes in most runs, but not in all. For that, each is also reached once on purpose.
      { numRuns: RUNS, examples: RARE.map((sequence) => [sequence]) },
    );
  });

  it("reached every outcome that it has to reach", () => {
    expect(REACHED.filter((what) => !seen.has(what))).toEqual([]);
  });
});

async function take(step: Step, held: Holdings, world: HostileWorld): Promise<void> {
  world.pass(step.waitSeconds);
  vi.setSystemTime(world.ports.clock.nowMs());
  const event = eventOf(step, held, world);
  let answer: HttpAnswer | undefined;
  const tookMs = await cpuMillisecondsUntil(async () => {
    answer = await answerTo(step, event, world);
  });
  expect(tookMs, "of CPU").toBeLessThan(MOST_MS);
  if (answer === undefined) throw new Error("no answer");
  const body = answer.body === "" ? {} : JSON.parse(answer.body);
  // An issuer that could not be reached is not fetched again for two seconds.
  if (step.outage === "keys") world.pass(2);

  if (answer.statusCode >= 400) {
    const refusal = REFUSALS[body.code as keyof typeof REFUSALS];
    // The SDKs retry a 503 of the credentials' route, and give up at a 400.
    const isWaiting = body.code === "authorization_pending" && step.route.endsWith("{lease}");
    expect([isWaiting ? 400 : answer.statusCode, body.error]).toEqual(refusal?.slice(0, 2));
    if (answer.statusCode >= 500 && body.code !== "contended" && !isWaiting) expect(step.outage).not.toBe("none");
    count(body.code);
  } else {
    count(`${step.route} ${answer.statusCode}`);
  }
  tellApart(step.route, answer, body);
  if (body.task?.approval) count("a request that waits");
  if (world.ports.ballots.uses.size > 0) count("an approval that is used");
  heedSecrets(step.route, answer, held);
  if (step.route === "POST /v1/consents" && answer.statusCode === 201) held.consents.push(String(body.id));
  if (typeof body.access_token === "string") {
    (body.task ? held.taskTokens : held.presentations).push(body.access_token);
    if (body.task) held.tasks.push(body.task.id);
    if (body.task?.approval) held.approvals.push(body.task.approval.id);
  }
}

function tellApart(route: RouteKey, { statusCode }: HttpAnswer, body: Readonly<Record<string, unknown>>): void {
  if (statusCode === 200 && route === "POST /v1/token") count(body.task ? "a task" : "a presentation token");
  if (statusCode === 200 && route.endsWith("{lease}")) count("a renewal");
  if (route === "POST /v1/introspect" && statusCode === 200)
    count(body.active ? "an active introspection" : "an inactive introspection");
}

/** Expects credentials and tokens in an answer that hands them out, and in no other. */
function heedSecrets(route: RouteKey, answer: HttpAnswer, held: Holdings): void {
  const gives = answer.statusCode === 200 && (route === "POST /v1/token" || route.endsWith("{lease}"));
  if (!gives) expect(answer.body).not.toContain(CANARY_SECRET);
  // A poll is answered with the token that it was made with, and with no other.
  const own = gives ? held.tokens.at(-1) : undefined;
  const known = [...held.tokens, ...held.taskTokens, ...held.presentations].filter(
    (token) => token.length > 40 && !(token === own && token.startsWith("vk_")),
  );
  expect(known.filter((token) => answer.body.includes(token))).toEqual([]);
}
