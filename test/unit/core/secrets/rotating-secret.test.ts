import { expect, it } from "vitest";
import { type RotatingSecret, versionAt } from "../../../../functions/core/secrets/rotating-secret.ts";

it("a stage is on one version, or on none", () => {
  const versions = { a: ["AWSPREVIOUS"], b: ["AWSCURRENT", "AWSPENDING"] };
  const secret = { name: "s", arn: "arn", kind: "generated", versions } satisfies RotatingSecret;
  expect([versionAt(secret, "AWSCURRENT"), versionAt(secret, "AWSPENDING")]).toEqual(["b", "b"]);
  expect(versionAt({ ...secret, versions: {} }, "AWSCURRENT")).toBeUndefined();
});
