import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { approversOf } from "../../../infra/config/approvers.ts";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";
import { folderWith } from "../policy-tools/folder.ts";

const CLIENT = { clientId: "valetkey-approvals", freshness: "auth_time" };
const staff = (changes: object = {}) => ({
  name: "staff",
  kind: "people",
  preset: "generic",
  url: "https://login.example.com",
  approvals: CLIENT,
  ...changes,
});
const SRE = { issuer: "staff", claim: "groups", value: "8f1c0c1e" };
const read = (changes: Readonly<Record<string, unknown>>) => {
  const config = {
    hub: { account: "999900001111", region: "eu-central-1" },
    url: "https://valetkey.example.com",
    issuers: [{ name: "github", kind: "agents", preset: "github-actions" }, staff()],
    accounts: [{ id: "111122223333", region: "eu-central-1", taskRoles: 8 }],
    operators: [],
    approvers: { sre: SRE },
    ...changes,
  };
  return readConfig(join(folderWith({ "valetkey.json": JSON.stringify(config) }), "valetkey.json"));
};

describe("approvers in valetkey.json", () => {
  it("are groups of one issuer each, with default times unless they have their own", () => {
    expect(approversOf(read({}))).toEqual([
      {
        name: "sre",
        issuer: "staff",
        members: { claim: "groups", value: "8f1c0c1e" },
        timeoutSeconds: 900,
        useWithinSeconds: 300,
        notify: [],
      },
    ]);
    const { approvers, notify } = deploymentOf(
      read({
        approvers: {
          leads: { issuer: "staff", persons: ["ada"], acr: ["phr"], amr: ["hwk"], timeoutSeconds: 60, notify: ["ops"] },
        },
        notify: { ops: { kind: "slack", secret: "notify/ops" } },
      }),
    );
    expect(approvers).toMatchObject([
      { members: { persons: ["ada"] }, acr: ["phr"], amr: ["hwk"], timeoutSeconds: 60 },
    ]);
    expect(notify).toEqual({ ops: { kind: "slack", secret: "notify/ops" } });
  });

  it("identify people by sub, at Entra by oid, or by the claim that the issuer names", () => {
    const person = (changes: object) => deploymentOf(read({ issuers: [staff(changes)] })).issuers[0]?.person;
    expect(person({})).toBeUndefined();
    expect(person({ preset: "entra", required: { tid: "t" } })).toBe("oid");
    expect(person({ person: "employee_id" })).toBe("employee_id");
  });

  it.each([
    ["Entra's preset with sub", { preset: "entra", required: { tid: "t" }, person: "sub" }],
    ["an address of Entra with another preset", { url: "https://login.microsoftonline.com/8c1b/v2.0" }],
  ])("are not identified by a sub that differs for each client: %s", (_case, changes) => {
    expect(() => read({ issuers: [staff(changes)] })).toThrow(/"staff" gives each client another sub.*"person": "oid"/);
    expect(() => read({ issuers: [staff({ ...changes, person: "oid" })] })).not.toThrow();
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      "an issuer that nobody configured",
      { approvers: { sre: { ...SRE, issuer: "other" } } },
      /"other" is not the name/,
    ],
    ["an agents' issuer", { approvers: { sre: { ...SRE, issuer: "github" } } }, /"github" is not the name/],
    [
      "an issuer without approvals",
      { issuers: [staff({ approvals: undefined })] },
      /people's issuer that has approvals/,
    ],
    ["neither members nor persons", { approvers: { sre: { issuer: "staff" } } }, /needs claim and value, or persons/],
    ["both", { approvers: { sre: { ...SRE, persons: ["ada"] } } }, /needs claim and value, or persons/],
    ["a claim without a value", { approvers: { sre: { issuer: "staff", claim: "groups" } } }, /needs claim and value/],
    ["nobody", { approvers: { sre: { issuer: "staff", persons: [] } } }, /persons/],
    ["a channel that nobody configured", { approvers: { sre: { ...SRE, notify: ["ops"] } } }, /no channel "ops"/],
    ["a time-out of a second", { approvers: { sre: { ...SRE, timeoutSeconds: 1 } } }, /timeoutSeconds/],
    [
      "an issuer that proves a sign-in by acr alone, without one",
      { issuers: [staff({ approvals: { ...CLIENT, freshness: "acr" } })] },
      /needs acr/,
    ],
    [
      "a person twice",
      { approvers: { sre: { issuer: "staff", persons: ["ada", "bob", "ada"] } } },
      /lists "ada" twice/,
    ],
    ["the acr of a long-lived cookie", { approvers: { sre: { ...SRE, acr: ["phr", "0"] } } }, /acr "0"/],
    [
      "that acr for acts and consents",
      { issuers: [staff({ approvals: { ...CLIENT, acr: ["phr", "0"] } })] },
      /"staff": approvals.acr "0"/,
    ],
    ["no acr at all for acts", { issuers: [staff({ approvals: { ...CLIENT, acr: [] } })] }, /approvals.acr/],
    [
      "an issuer that proves nothing",
      { issuers: [staff({ approvals: { clientId: "valetkey-approvals" } })] },
      /approvals.freshness/,
    ],
    [
      "a client of the hub without its secret",
      { issuers: [staff({ approvals: { ...CLIENT, tokenExchange: "hub" } })] },
      /needs approvals.secret/,
    ],
    [
      "an agents' issuer with approvals",
      { issuers: [{ name: "github", kind: "agents", preset: "github-actions", approvals: CLIENT }, staff()] },
      /only people's issuers have/,
    ],
  ])("are refused with %s", (_name, changes, fault) => {
    expect(() => read(changes)).toThrow(fault);
  });
});
