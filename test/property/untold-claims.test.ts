import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

const CLAIMS = ["ref", "/kubernetes.io/ns"];
const PERMIT = "permit (principal, action, resource);";
/** A forbid's condition on a claim, and its meaning for a text, written here without Cedar. */
const FORBIDS: readonly { readonly says: string; readonly holds: (text: string) => boolean }[] = [
  { says: 'like "refs/heads/untrusted/*"', holds: (text) => text.startsWith("refs/heads/untrusted/") },
  { says: 'like "*evil"', holds: (text) => text.endsWith("evil") },
  { says: 'like "*evil*"', holds: (text) => text.includes("evil") },
  { says: '== "true"', holds: (text) => text === "true" },
  { says: '== ""', holds: (text) => text === "" },
  { says: '!= "main"', holds: (text) => text !== "main" },
];

const length = fc.oneof(fc.constantFrom(0, 1, 230, 256, 257, 1_000, 1_024, 1_025), fc.nat(2_000));
const text = fc.oneof(
  fc.constantFrom("", "main", "true", "evil", "refs/heads/untrusted/x", "evil\ud800"),
  fc.tuple(fc.constantFrom("refs/heads/untrusted/", "refs/heads/", ""), length).map(([head, n]) => head.padEnd(n, "a")),
  length.map((n) => `${"e".repeat(n)}evil`),
);
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.oneof(fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 2 ** 53, -(2 ** 60), 1.5) },
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ name: scalar }) },
);
const isObject = (given: unknown): boolean => typeof given === "object" && given !== null && !Array.isArray(given);
/** A claim at the place where policies look, or on the way there. */
const claim = fc.tuple(fc.constantFrom(...CLAIMS), value, fc.boolean()).map(([name, given, isOnTheWay]) => ({
  name,
  given,
  // A token does not have the claim where an object on the way lacks its name.
  token: name === "ref" ? { ref: given } : { "kubernetes.io": isOnTheWay && !isObject(given) ? given : { ns: given } },
}));

/** Every text in the claim, however long and deeply nested. */
const textsIn = (given: unknown): readonly string[] =>
  typeof given === "object" && given !== null ? Object.values(given).flatMap(textsIn) : [String(given)];

describe("I2: a claim that some policy reads", () => {
  it("is refused wherever a forbid holds for the whole of it, whatever its shape and length", async () => {
    const count = { forbidden: 0, untold: 0, granted: 0 };
    await fc.assert(
      fc.asyncProperty(claim, fc.constantFrom(...FORBIDS), async ({ name, given, token }, { says, holds }) => {
        const forbid = `forbid (principal, action, resource) when { principal.hasTag("${name}") && principal.getTag("${name}") ${says} };`;
        const world = fakeWorld({ policies: cedarOf([PERMIT, forbid], CLAIMS) });
        const { status, body } = await new FakeService(world).exchange({ subject_token: world.agentToken(token) });
        if (textsIn(given).some(holds)) {
          expect([given, status, body.code]).toEqual([
            given,
            expect.any(Number),
            expect.stringMatching(/^token_claims$|^policy_denied$/),
          ]);
          expect(world.ports.tasks.confirmed.size).toBe(0);
        }
        if (body.code === "policy_denied") count.forbidden += 1;
        else if (body.code === "token_claims") count.untold += 1;
        else expect(status).toBe(200);
        if (status === 200) count.granted += 1;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(count.forbidden, count.untold, count.granted)).toBeGreaterThan(10);
  });

  it("changes nothing where no policy reads it, even if it is a list of groups or a long text", async () => {
    const world = fakeWorld({ policies: cedarOf([PERMIT], ["ref"]) });
    const claims = { groups: ["a"], workflow: "w".repeat(4_000), nothing: null };
    expect(await new FakeService(world).exchange({ subject_token: world.agentToken(claims) })).toMatchObject({
      status: 200,
    });
  });
});
