import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { folderWith } from "./folder.ts";
import { AGENT, policyFolder, reading, rule, runPolicy } from "./run-policy.ts";

const OBJECT = "arn:aws:s3:::acme/reports/a";
const caseOf = (title: string, answer: string) => ({ title, agent: AGENT, intent: reading(OBJECT), expected: answer });
const codes = async (folder: string, ...flags: readonly string[]) => {
  const { out } = await runPolicy("check", folder, "--json", ...flags);
  return JSON.parse(out).folders[0].findings.map(({ code, file }: Finding) => [code, file.slice(folder.length + 1)]);
};

describe("a team's folder in the folder of policies", () => {
  it("is deployed with the rest, at every depth, and the examples never are", () => {
    const folder = policyFolder({
      "top.cedar": rule({ id: "top" }),
      "data/lake.cedar": rule({ id: "lake" }),
      "data/pii/no.cedar": rule({ id: "no", effect: "forbid", principal: "principal is Agent" }),
      "examples/any.cedar": rule({ id: "example" }),
      "examples/job/any.cedar": rule({ id: "job" }),
    });
    const { policies } = preparePolicies(folder, catalogue);
    expect(policies.map(({ id }) => id)).toEqual(["top", "lake", "no"]);
  });

  it("is checked and tested with the rest, cases too, and by itself", async () => {
    const folder = policyFolder({
      "top.cedar": rule({
        id: "top",
        when: 'resource.account == "111122223333" && resource.arn == "arn:aws:s3:::acme/x"',
      }),
      "data/lake.cedar": rule({ id: "lake" }),
      "data/lake.cases.json": { cases: [caseOf("reads", "allowed")] },
    });
    expect(await codes(folder)).toEqual([]);
    expect(await runPolicy("test", folder)).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 case, all as expected"),
    });
    expect(await runPolicy("test", join(folder, "data"))).toMatchObject({ code: 0 });
    expect(await codes(join(folder, "data"), "--with", join(folder, "top.cedar"))).toEqual([]);
  });

  it.each([
    ["a permit for every agent", rule({ principal: "principal is Agent" })],
    ["a permit for another team", rule({ principal: 'principal in Team::"web"' })],
    ["a permit for an agent, of whatever team", rule({ principal: 'principal == Agent::"reporter"' })],
    ["a permit for everybody", rule({ principal: "principal" })],
    [
      "a permit for people, who label and register agents",
      rule({
        principal: 'principal is User in Group::"staff|data"',
        action: 'action == Action::"valetkey:LabelAgent"',
        resource: "resource is Agent",
        when: "true",
      }),
    ],
    [
      "a forbid for people, who suspend agents",
      rule({
        effect: "forbid",
        principal: "principal is User",
        action: 'action == Action::"valetkey:SuspendAgent"',
        resource: 'resource in Team::"data"',
        when: "true",
      }),
    ],
    ["a forbid for everybody, people included", rule({ effect: "forbid", principal: "principal" })],
  ])("holds no %s", async (_, text) => {
    const folder = policyFolder({ "data/a.cedar": text });
    expect(await codes(folder)).toContainEqual(["beyond_its_folder", "data/a.cedar"]);
    expect(await codes(join(folder, "data"))).toContainEqual(["beyond_its_folder", "a.cedar"]);
    expect(() => preparePolicies(folder, catalogue)).toThrow("beyond_its_folder");
    expect(await codes(policyFolder({ "a.cedar": text }))).not.toContainEqual(["beyond_its_folder", "a.cedar"]);
  });

  it.each([
    ["a permit for the team", rule({})],
    ["a permit for the team, by its type too", rule({ principal: 'principal is Agent in Team::"data"' })],
    ["a forbid for every agent", rule({ effect: "forbid", principal: "principal is Agent" })],
    ["a forbid for one agent", rule({ effect: "forbid", principal: 'principal == Agent::"x"' })],
  ])("holds %s", async (_, text) => {
    const folder = policyFolder({ "data/a.cedar": text });
    expect(await codes(folder)).not.toContainEqual(["beyond_its_folder", "data/a.cedar"]);
  });

  it("is read for its contents, never through a link", async () => {
    const folder = policyFolder({ "top.cedar": rule({ id: "top" }) });
    symlinkSync(folderWith({ "a.cedar": rule({ id: "elsewhere" }) }), join(folder, "data"));
    expect(() => preparePolicies(folder, catalogue)).toThrow("is a link to a folder");
    expect(await runPolicy("check", folder)).toMatchObject({
      code: 64,
      err: expect.stringContaining("is a link to a folder"),
    });
  });
});
