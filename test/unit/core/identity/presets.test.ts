import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../../../functions/core/identity/issuer.ts";
import { DEFAULT_SKEW_SECONDS, PRESETS, type Preset } from "../../../../functions/core/identity/presets.ts";

const presets = Object.entries<Preset>(PRESETS);

describe("a preset", () => {
  it.each(presets)("%s takes asymmetric algorithms only", (_name, { algorithms }) => {
    expect(ALGORITHMS).toEqual(expect.arrayContaining([...algorithms]));
    expect(ALGORITHMS.filter((name) => /^(HS|none)/i.test(name))).toEqual([]);
  });

  it.each(presets)("%s bounds how long a token lives, in seconds", (_name, { maxLifetimeSeconds }) => {
    expect(maxLifetimeSeconds).toBeGreaterThan(DEFAULT_SKEW_SECONDS);
    expect(maxLifetimeSeconds).toBeLessThanOrEqual(90_000);
  });

  it("finds agents by what cannot be renamed, never by a display name", () => {
    expect(Object.fromEntries(presets.map(([name, { pin }]) => [name, pin]))).toEqual({
      "github-actions": "repository_id",
      gitlab: "project_id",
      kubernetes: "sub",
      spiffe: "sub",
      aws: "sub",
      entra: "oid",
      generic: "sub",
    });
  });
});
