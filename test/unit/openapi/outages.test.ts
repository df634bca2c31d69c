import { describe, expect, it } from "vitest";
import type { RefusalCode } from "../../../contract/refusals.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { aroundCalls, type PortCall } from "../../harness/around-calls.ts";
import { OPERATIONS } from "../../openapi/operations.ts";
import { type Arrange, answerTo } from "../../openapi/recording/call.ts";
import { expectDocumented } from "./documented.ts";

/** Refusals of each port's calls, from its interface in `functions/core`. Beside these, any call of the record may find the store out of reach. */
const REFUSING: Readonly<Record<string, readonly RefusalCode[]>> = {
  "tokens.verify": ["token_malformed", "token_signature", "issuer_unreachable"],
  "sessions.assume": ["intent_too_large", "sts_refused", "sts_unavailable"],
  "agents.register": ["agent_exists", "binding_overlaps", "contended", "sign_in_used"],
  "agents.change": ["contended"],
  "tasks.open": ["token_replayed", "idempotency_conflict", "contended"],
  "tasks.confirm": ["task_ended", "contended"],
  "tasks.addToken": ["contended", "token_replayed"],
  "tasks.addPresentation": ["contended"],
  "tasks.removePresentation": ["contended"],
  "tasks.removeDelegation": ["contended"],
  "tasks.renew": ["contended"],
  "tasks.end": ["contended"],
};

const codesOf = ({ port, method }: PortCall): readonly RefusalCode[] => [
  ...(REFUSING[`${port}.${method}`] ?? []),
  ...(port === "tokens" || port === "sessions" ? [] : (["store_unavailable"] as const)),
];

/** Every call that any example, accepted or refused, can be made to fail at. */
const ARRANGED = (Object.entries(OPERATIONS) as [RouteKey, (typeof OPERATIONS)[RouteKey]][]).flatMap(
  ([route, { accepted, refused }]) => [
    ...Object.entries(accepted).map(([name, { arrange }]) => ({ route, name, arrange })),
    ...Object.entries(refused).map(([name, arrange]) => ({ route, name, arrange: arrange as Arrange })),
  ],
);

describe("any refusal of a port, at any moment", () => {
  it.each(ARRANGED)("$route, $name: the answer is documented", async ({ route, arrange }) => {
    const calls = await callsOf(arrange);
    for (const [at, call] of calls.entries()) {
      if (!isTelling(at, calls)) continue;
      for (const code of codesOf(call)) {
        const answer = await answerWhen(arrange, at, code);
        expect(answer.statusCode, answer.body).not.toBe(500);
        expectDocumented(route, answer);
      }
    }
  });

  it("is more than a few moments", async () => {
    const counts = await Promise.all(ARRANGED.map(async ({ arrange }) => (await callsOf(arrange)).length));
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(400);
  });
});

/**
 * Number of calls of one method about one thing that fail, from the first on. In a loop of retries, these are the first
 * rounds.
 */
const FIRST = 4;

/** False for a call in the middle of a loop of retries, which makes the same calls in each round. */
function isTelling(at: number, calls: readonly PortCall[]): boolean {
  const alike = calls.flatMap(({ port, method, of }, place) =>
    port === calls[at]?.port && method === calls[at]?.method && of === calls[at]?.of ? [place] : [],
  );
  return alike.indexOf(at) < FIRST || at === alike.at(-1);
}

const known = new Map<Arrange, Promise<readonly PortCall[]>>();

/** Calls that an example makes, recorded once. */
function callsOf(arrange: Arrange): Promise<readonly PortCall[]> {
  const calls = known.get(arrange) ?? recordCalls(arrange);
  known.set(arrange, calls);
  return calls;
}

async function recordCalls(arrange: Arrange): Promise<readonly PortCall[]> {
  const world = fakeWorld();
  const call = await arrange(world);
  const calls: PortCall[] = [];
  const watched = aroundCalls(world.ports, (made, run) => {
    calls.push(made);
    return run();
  });
  await answerTo(call, world, watched);
  return calls;
}

async function answerWhen(arrange: Arrange, at: number, code: RefusalCode) {
  const world = fakeWorld();
  const call = await arrange(world);
  let count = 0;
  const failing = aroundCalls(world.ports, async (_, run) => {
    count += 1;
    if (count === at + 1) throw new Refusal(code);
    return run();
  });
  return answerTo(call, world, failing);
}
