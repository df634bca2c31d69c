import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isGuard } from "../../../console/policies/guards.ts";
import { SECRET_GUARDS } from "../../../infra/config/secret-guards.ts";

const idsIn = (file: string): readonly string[] =>
  [...readFileSync(new URL(`../../../policies/${file}`, import.meta.url), "utf8").matchAll(/^@id\("(.+)"\)/gm)].map(
    ([, id = ""]) => id,
  );

describe("a guard on the page of policies", () => {
  it("is every forbid that valetkey ships or the build adds", () => {
    const guards = [...idsIn("guards.cedar"), ...Object.values(SECRET_GUARDS)];
    expect(guards.length).toBeGreaterThan(10);
    expect(guards.filter((id) => !isGuard({ id, effect: "forbid" }))).toEqual([]);
  });

  it("is no policy of the deployment's own, and no permit whatever its name", () => {
    const own = [...idsIn("operators.cedar"), ...idsIn("demo.cedar")];
    expect(own.filter((id) => isGuard({ id, effect: "forbid" }))).toEqual([]);
    expect(isGuard({ id: "guard-iam", effect: "permit" })).toBe(false);
  });
});
