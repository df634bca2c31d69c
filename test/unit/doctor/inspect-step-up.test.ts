import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectStepUp } from "../../../client/doctor/inspect-step-up.ts";
import { STEPPING_UP } from "../../fakes/samples/voted-act.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { SCHEMA } from "../policy-tools/run-policy.ts";

const PEOPLE = STEPPING_UP.issuers.filter(({ kind }) => kind === "people");
const STAFF = PEOPLE.find(({ approvals }) => approvals)?.name ?? "";
const FIRST = `@id("first") permit (principal is User, action in Action::"valetkey:Operate", resource) when { principal.firstOperator };`;
const GROUP = `@id("group") permit (principal is User in Group::"${STAFF}|ops", action in Action::"valetkey:Operate", resource);`;
const ACTS =
  "register an agent, change what an agent may become, resume an agent, offboard an agent, lift a panic, lift the halt of an account, loosen a condition";
const NEVER = "ok take no vote: suspend an agent, end a task, declare a panic, and every other act";

/** Findings under these policies, with these people of the issuer as first operators. */
function inspected(text: string, first: readonly string[], more: object = {}) {
  const folder = folderWith({ "valetkey.json": "{}", "policies/schema.cedarschema": SCHEMA, "policies/a.cedar": text });
  const operators = first.map((subject) => ({ issuer: STAFF, subject }));
  const deployment = { ...STEPPING_UP, operators, ...more };
  const files = { policiesDir: join(folder, "policies"), configFile: join(folder, "valetkey.json") };
  return inspectStepUp(deployment, files).map(({ state, found }) => `${state} ${found}`);
}

describe("inspectStepUp", () => {
  it("reports that no act takes a vote where it is off", () => {
    const [only, ...more] = inspected(FIRST, ["ann"], { stepUp: undefined });
    expect([only, more]).toEqual([...[`unknown no act takes a vote: an operator's token alone may ${ACTS}`, []]]);
  });

  it("names the first operators that a policy permits the acts, and the groups, whose size is their issuer's to know", () => {
    expect(inspected(`${FIRST}${GROUP}`, ["ann", "bob"])).toEqual([
      `ok take a vote: ${ACTS}. Can give it: 2 people (${STAFF}|ann, ${STAFF}|bob), and whoever is in ${STAFF}|ops`,
      NEVER,
    ]);
  });

  it("names the acts that hang on one person, and those that nobody can vote for", () => {
    expect(inspected(FIRST, ["ann"])[0]).toBe(`bad take a vote: ${ACTS}. Can give it: 1 person (${STAFF}|ann)`);
    expect(inspected(GROUP.replace(STAFF, "elsewhere"), [])[0]).toBe(`bad take a vote: ${ACTS}. Can give it: nobody`);
  });

  it("separates acts that policies permit different people", () => {
    const forbid = `@id("no-lift") forbid (principal, action == Action::"valetkey:LiftPanic", resource) when { !(principal in Group::"${STAFF}|leads") };`;
    const team = `@id("of-team") permit (principal == User::"${STAFF}|cy", action == Action::"valetkey:ResumeAgent", resource in Team::"web");`;
    expect(inspected(`${FIRST}${GROUP}${forbid}${team}`, ["ann"])).toEqual([
      `ok take a vote: register an agent, change what an agent may become, offboard an agent, lift the halt of an account, loosen a condition. Can give it: 1 person (${STAFF}|ann), and whoever is in ${STAFF}|ops`,
      `ok take a vote: resume an agent. Can give it: 2 people (${STAFF}|ann, ${STAFF}|cy), and whoever is in ${STAFF}|ops`,
      "bad take a vote: lift a panic. Can give it: nobody",
      NEVER,
    ]);
  });

  it("counts nobody of an issuer whose sign-in proves no vote", () => {
    const issuers = STEPPING_UP.issuers.map(({ approvals: _, ...issuer }) => issuer);
    expect(inspected(FIRST, ["ann", "bob"], { issuers })[0]).toMatch(/^bad .*Can give it: nobody$/);
  });
});
