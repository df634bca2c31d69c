import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectApprovers } from "../../../doctor/inspect-approvers.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { rule, SCHEMA } from "../policy-tools/run-policy.ts";

const byClaim = { issuer: "staff", claim: "groups", value: "8f1c0c1e-0d4e-4b8a-9a53-0c8f6f1d2e3a" };
const persons = (...names: readonly string[]) => ({ issuer: "staff", persons: names });

/** Inspects policies that ask for these votes, under these groups. */
function inspected(asked: readonly string[], approvers: object, text?: string) {
  const policies = asked.map((groups, index) => rule({ id: `rule-${index}`, notes: `@approval("${groups}")` }));
  const issuers = [{ name: "staff", kind: "people", preset: "entra" }];
  const folder = folderWith({
    "deployed.json": JSON.stringify({ issuers, approvers }),
    "policies/schema.cedarschema": SCHEMA,
    "policies/a.cedar": text ?? (policies.length === 0 ? rule({}) : policies.join("")),
  });
  const findings = inspectApprovers({
    policiesDir: join(folder, "policies"),
    configFile: join(folder, "deployed.json"),
  });
  return findings.map(({ state, found, mend }) => `${state} ${found}${mend === undefined ? "" : ` / ${mend}`}`);
}

describe("inspectApprovers", () => {
  it("finds nothing where nobody is asked, or where a group lists one person to spare", () => {
    expect(inspected([], { sre: byClaim })).toEqual([]);
    expect(inspected(["leads=2"], { leads: persons("ada", "bob", "cy") })).toEqual([
      "ok people enough for every vote that policies ask for, and one to spare",
    ]);
  });

  it("finds votes that too few listed people could give, or that hang on one person", () => {
    const leads = persons("ada", "bob");
    expect(inspected(["leads=3"], { leads })[0]).toMatch(
      /^bad policy rule-0: @approval\("leads=3"\) can never be given/,
    );
    expect(inspected(["leads=2"], { leads })[0]).toMatch(/^bad policy rule-0: .*in place of "ada" or "bob"/);
    expect(inspected(["dba"], { leads })[0]).toMatch(/^bad policy rule-0: .*no group "dba"/);
  });

  it("says of a group by claim how many people its issuer has to have, once, and that it cannot tell", () => {
    expect(inspected(["sre", "sre=2"], { sre: byClaim, unasked: byClaim })).toEqual([
      expect.stringMatching(
        /^unknown policies ask 2 votes of sre, and staff alone knows .* \/ see there that they are 3 at least/,
      ),
    ]);
  });

  it("finds policies that cannot be read", () => {
    expect(inspected([], {}, "permit (")).toEqual([]);
    expect(
      inspectApprovers({ policiesDir: join(folderWith({}), "none"), configFile: "none" }).map(({ state }) => state),
    ).toEqual(["bad"]);
  });
});
