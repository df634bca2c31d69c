import { describe, expect, it } from "vitest";
import { decideSet } from "../../../../functions/core/policy/decide-set.ts";
import type { Policies } from "../../../../functions/core/policy/query.ts";
import { answersOf, cedarOf } from "../cedar-of.ts";
import { anAsker, onObjects } from "./pairs.ts";
import { PERMIT_ALL, permit, REPORTS, verdict } from "./sets.ts";

describe("I2: a permit for a set", () => {
  const answer = (...texts: readonly string[]) => decideSet(onObjects(REPORTS), anAsker(), cedarOf(texts));
  const NOTHING = { options: [], kept: [], narrower: [] };

  it("is an option where it covers all of the set, and otherwise none", () => {
    expect(answer(PERMIT_ALL)).toEqual({ ...NOTHING, options: [{ policy: "p0", conditions: [{}] }] });
    expect(answer(permit('!(resource.arn like "arn:aws:s3:::other/*")'))).toMatchObject({
      options: [{ policy: "p0" }],
    });
    expect(answer()).toEqual(NOTHING);
    expect(answer(permit('!(resource.arn like "*/pii/*")'))).toEqual(NOTHING);
    expect(answer(permit('resource.tags.team == "data"'))).toEqual(NOTHING);
  });

  it("is none where it errs, whatever is left of it", () => {
    const cedar = cedarOf([PERMIT_ALL]);
    const evaluatePartially: Policies["evaluatePartially"] = (query) => ({
      ...cedar.evaluatePartially(query),
      errored: ["p0"],
    });
    expect(decideSet(onObjects(REPORTS), anAsker(), { ...answersOf(cedar), evaluatePartially })).toEqual(NOTHING);
  });
});

describe("a set that is not permitted as a whole", () => {
  it("names the sets within it that are, so that the agent can request less", () => {
    const answer = verdict([permit('resource.arn like "arn:aws:s3:::acme/reports/2026/*"')]);
    expect(answer).toMatchObject({
      denied: {
        denial: { hint: expect.stringContaining("Policy covers arn:aws:s3:::acme/reports/2026/*") },
        narrower: ["arn:aws:s3:::acme/reports/2026/*"],
      },
    });
  });

  it("names the first three of them", () => {
    const parts = [1, 2, 3, 4].map((n) => `arn:aws:s3:::acme/reports/${n}/*`);
    expect(verdict(parts.map((part) => permit(`resource.arn like "${part}"`)))).toMatchObject({
      denied: {
        denial: {
          reason: "No policy permits it.",
          hint: `Policy covers ${parts[0]}, ${parts[1]}, ${parts[2]}: ask for that, or with mode=narrow for what is permitted.`,
        },
        narrower: parts,
      },
    });
  });

  it("names each of them once", () => {
    const part = permit('resource.arn like "arn:aws:s3:::acme/reports/1/*"');
    expect(verdict([part, part])).toMatchObject({ denied: { narrower: ["arn:aws:s3:::acme/reports/1/*"] } });
  });

  it.each([
    ["reaches beyond the set", 'resource.arn like "arn:aws:s3:::acme/*csv"'],
    ["is two patterns at once", 'resource.arn like "arn:aws:s3:::acme/reports/a*" && resource.arn like "*b"'],
    ["holds a character that cannot be requested", 'resource.arn like "arn:aws:s3:::acme/reports/a\\*b*"'],
    ["is about other things", 'resource.account == "444455556666"'],
  ])("names no part where a permit %s", (_name, when) => {
    expect(verdict([permit(when)])).toMatchObject({ denied: { narrower: [] } });
  });
});
