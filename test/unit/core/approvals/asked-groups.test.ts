import { describe, expect, it } from "vitest";
import { recordText } from "../../../../functions/core/approvals/approval-record.ts";
import { askedGroups, isAskedForConsent } from "../../../../functions/core/approvals/asked-groups.ts";
import { inboxesOf } from "../../../../functions/core/approvals/inboxes-of.ts";
import { recordIn } from "../../../../functions/core/approvals/stored-approval.ts";
import { CONSENT } from "../../../../functions/core/policy/needed-votes.ts";
import { aRecord } from "../../../fakes/samples/approval.ts";
import { aTask } from "../../../fakes/samples/task.ts";

const SRE = { group: "sre", count: 1 };
const group = (name: string) => ({
  ...{ name, issuer: "staff", members: { claim: "groups", value: name } },
  ...{ timeoutSeconds: 900, useWithinSeconds: 300, notify: ["ops"] },
});
const APPROVERS = ["sre", "security"].map(group);
const PAT = { issuer: "staff", value: "pat" };
const KIM = { issuer: "staff", value: "kim" };

describe("the groups of a request", () => {
  it("are those that the request needs, and for a consent the person alone, whom no channel notifies", () => {
    const groups = askedGroups({ needed: [CONSENT, SRE], person: PAT }, { approvers: APPROVERS, issuers: [] });
    expect(groups.map(({ name, members }) => [name, members])).toEqual([
      ["sre", { claim: "groups", value: "sre" }],
      ["@person", { persons: ["pat"] }],
    ]);
    expect(groups.at(-1)).toMatchObject({ issuer: "staff", notify: [] });
  });

  it("have no person where no consent is needed, or the task is for nobody", () => {
    expect(
      askedGroups({ needed: [SRE], person: PAT }, { approvers: APPROVERS, issuers: [] }).map(({ name }) => name),
    ).toEqual(["sre"]);
    expect(askedGroups({ needed: [CONSENT] }, { approvers: [...APPROVERS, group("@person")], issuers: [] })).toEqual(
      [],
    );
  });

  it("are the person of the record, and no namesake of another issuer (B5)", () => {
    const request = { needed: [CONSENT], person: PAT };
    expect(isAskedForConsent(PAT, request)).toBe(true);
    expect(isAskedForConsent(KIM, request)).toBe(false);
    expect(isAskedForConsent({ ...PAT, issuer: "partners" }, request)).toBe(false);
    expect(isAskedForConsent(PAT, { needed: [SRE], person: PAT })).toBe(false);
    expect(isAskedForConsent(PAT, { needed: [CONSENT] })).toBe(false);
  });
});

it("each person has an inbox of their own, which no group's is", () => {
  const inboxes = (person: typeof PAT) =>
    inboxesOf({ needed: [CONSENT, SRE], person }, { approvers: APPROVERS, issuers: [] });
  expect(inboxes(PAT)).toEqual([
    { issuer: "staff", group: "sre" },
    { issuer: "staff", group: "@pat" },
  ]);
  expect(inboxes(KIM)).toContainEqual({ issuer: "staff", group: "@kim" });
});

describe("a stored record that needs a consent", () => {
  const { task } = aTask();
  const read = (changed: object) => {
    const record = aRecord(task, { needed: [CONSENT], ...changed });
    return recordIn(recordText(record), record.id);
  };

  it.each([
    ["is read where it names its person", { person: PAT }, true],
    ["is none where it names nobody", {}, false],
    ["is none where its person has no issuer", { person: { issuer: "", value: "pat" } }, false],
    ["is none where its person has no id", { person: { issuer: "staff" } }, false],
  ])("%s", (_, changed, isReadable) => {
    expect(read(changed) !== undefined).toBe(isReadable);
  });
});
