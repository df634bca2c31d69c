import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";

const STAFF = {
  name: "staff",
  kind: "people",
  preset: "generic",
  url: "https://staff.example.com",
  console: { clientId: "valetkey-console" },
  approvals: { clientId: "valetkey-approvals", freshness: "auth_time" },
};
const account = (id: string, changes: object = {}) => ({ id, region: "eu-central-1", taskRoles: 8, ...changes });
const FILE = {
  hub: { account: "999900001111", region: "eu-central-1" },
  url: "https://valetkey.example.com",
  console: { url: "https://console.example.com" },
  issuers: [STAFF],
  accounts: [account("111122223333"), account("444455556666", { production: true })],
  operators: [{ issuer: "staff", subject: "alice" }],
};

function read(changes: object) {
  const file = join(mkdtempSync(join(tmpdir(), "threat-models-")), "valetkey.json");
  writeFileSync(file, JSON.stringify({ ...FILE, ...changes }));
  return readConfig(file);
}
const gate = (changes: object) => deploymentOf(read(changes)).threatModels;

describe("the gate of production accounts", () => {
  it("is in force from the first moment where an account is for production and nothing else is configured", () => {
    expect([gate({}), gate({ threatModels: "require" })]).toEqual([{ requiredFrom: 0 }, { requiredFrom: 0 }]);
    expect(deploymentOf(read({})).accounts.map(({ production }) => production)).toEqual([undefined, true]);
  });

  it("is in force from the end of the warning", () => {
    expect(gate({ threatModels: { warnUntil: "2027-01-31T00:00:00Z" } })).toEqual({ requiredFrom: 1_801_353_600 });
  });

  it("is in force where the hub redeems people's codes, since the exchange redeems that of an acceptance", () => {
    const approvals = { ...STAFF.approvals, tokenExchange: "hub", secret: "valetkey/approvals" };
    expect(gate({ issuers: [{ ...STAFF, approvals }] })).toEqual({ requiredFrom: 0 });
  });

  const unmarked = { accounts: [account("111122223333")] };
  it.each<readonly [string, object]>([
    [
      "a database",
      {
        databases: [
          { name: "orders", host: "db.example.com", port: 5432, database: "a", adminSecret: "a", production: true },
        ],
      },
    ],
    ["a tool server", { toolServers: { tickets: { resource: "https://tickets.example.com", production: true } } }],
    ["a secret", { secrets: [{ name: "prod/*", production: true }] }],
  ])("is in force where no account but %s is for production", (_what, marked) => {
    expect(gate({ ...unmarked, ...marked })).toEqual({ requiredFrom: 0 });
    expect(
      gate(JSON.parse(JSON.stringify({ ...unmarked, ...marked }).replaceAll(',"production":true', ""))),
    ).toBeUndefined();
  });

  it("is not in force where it is off, or no account is for production", () => {
    const without = { accounts: [account("111122223333")], console: undefined };
    expect([gate({ threatModels: "off" }), gate(without)]).toEqual([undefined, undefined]);
  });

  it.each([
    ["without a date of the warning", { threatModels: "warn" }, /threatModels/],
    ["by a day that no calendar has", { threatModels: { warnUntil: "2027-13-41T00:00:00Z" } }, /no moment/],
    [
      "before no account",
      { accounts: [account("111122223333")], threatModels: "require" },
      /no threat model would be required/,
    ],
    ["by another mark than true", { accounts: [account("111122223333", { production: false })] }, /production/],
    ["without a console", { console: undefined }, /threatModels: a person accepts .* write console\.url/],
    ["where nobody can accept", { issuers: [{ ...STAFF, approvals: undefined }] }, /nobody could accept/],
    ["where the page signs nobody in", { issuers: [{ ...STAFF, console: undefined }] }, /nobody could accept/],
  ])("is refused %s", (_what, changes, sentence) => expect(() => read(changes)).toThrow(sentence));
});
