import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pair } from "../../functions/core/intent/pairs.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { fenceFor, STS_SECONDS } from "../../functions/core/tasks/task.ts";
import { isoSeconds } from "../../functions/core/text/iso-seconds.ts";
import { asPermitted, onAccount, onObjects } from "../unit/core/policy/pairs.ts";
import { sessionPolicyAllows } from "./iam-oracle.ts";

const nowSeconds = fc.double({ min: 1_700_000_000, max: 2_000_000_000, noNaN: true });
const lifeSeconds = fc.oneof(fc.integer({ min: -10, max: 1_000 }), fc.integer({ min: -10, max: 43_200 }));

const OBJECT = "arn:aws:s3:::acme/reports/may.csv";
const pair = fc.constantFrom<Pair>(
  onObjects(OBJECT),
  onObjects("arn:aws:s3:::acme/reports/*"),
  onObjects("arn:aws:s3:::acme/*", { action: "s3:PutObject" }),
  onAccount(),
  // With this many, the Deny of other services no longer fits into the policy. The fence must fit.
  ...Array.from({ length: 30 }, (_, n) => onObjects(`arn:aws:s3:::acme/${"x".repeat(60)}/${n}/*`)),
);

const requests = [
  { action: "s3:GetObject", resource: OBJECT, resourceAccount: "111122223333" },
  { action: "s3:PutObject", resource: OBJECT, resourceAccount: "111122223333" },
  { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: "111122223333" },
];

describe("I4: a fence", () => {
  it("is never later than its task's deadline, nor more than an hour from now", () => {
    fc.assert(
      fc.property(nowSeconds, lifeSeconds, (now, life) => {
        const expiresAt = Math.floor(now) + life;
        const fence = fenceFor({ expiresAt }, now);
        expect(fence).toBeLessThanOrEqual(expiresAt);
        expect(fence).toBeLessThanOrEqual(now + STS_SECONDS.most);
        expect(Number.isSafeInteger(fence)).toBe(true);
      }),
    );
  });

  it("ends everything that the session policy allows, from its very second on", async () => {
    let allowedBefore = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(pair, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }),
        fc.integer({ min: 1, max: 43_200 }),
        async (pairs, fenceAt, beyond) => {
          const { text } = compileSessionPolicy(pairs.map(asPermitted), { fenceAt });
          const at = (seconds: number) => ({ context: { "aws:CurrentTime": isoSeconds(seconds) } });
          for (const request of requests) {
            if (await sessionPolicyAllows(text, { ...request, ...at(fenceAt - 1) })) allowedBefore += 1;
            for (const late of [0, 1, beyond])
              expect(await sessionPolicyAllows(text, { ...request, ...at(fenceAt + late) })).toBe(false);
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(allowedBefore).toBeGreaterThan(5);
  });
});
