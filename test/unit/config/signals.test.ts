import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";

const people = (name: string, changes: object = {}) => ({
  name,
  kind: "people",
  preset: "generic",
  url: `https://${name}.example.com`,
  onBehalf: true,
  ...changes,
});
const risk = (changes: object = {}) => ({ name: "risk", url: "https://risk.example.com", people: "staff", ...changes });

function read(signals: unknown, issuers: readonly object[] = [people("staff")]) {
  const file = join(mkdtempSync(join(tmpdir(), "signals-")), "valetkey.json");
  const config = {
    hub: { account: "999900001111", region: "eu-central-1" },
    url: "https://valetkey.example.com/",
    accounts: [{ id: "111122223333", region: "eu-central-1", taskRoles: 8 }],
    operators: [],
    issuers,
    signals,
  };
  writeFileSync(file, JSON.stringify(config));
  return deploymentOf(readConfig(file));
}

describe("signals", () => {
  it("are deployed with the route's address as audience, and only where they are named", () => {
    expect(read([risk()]).transmitters).toMatchObject([
      {
        issuer: { name: "risk", url: "https://risk.example.com", kind: "people", algorithms: ["RS256", "ES256"] },
        audience: "https://valetkey.example.com/v1/signals",
        people: "staff",
        subjects: "iss_sub",
      },
    ]);
    expect(read(undefined)).not.toHaveProperty("transmitters");
  });

  it("take an audience, keys, algorithms and a format of their own", () => {
    const own = { jwksUrl: "https://risk.example.com/keys", algorithms: ["PS256"] };
    expect(read([risk({ ...own, audience: "urn:us", subjects: "opaque" })]).transmitters).toMatchObject([
      { issuer: own, audience: "urn:us", subjects: "opaque" },
    ]);
  });

  const refused: readonly (readonly [string, unknown, readonly object[] | undefined, RegExp])[] = [
    ["none at all", [], undefined, /signals/],
    ["an unknown field", [risk({ secret: "x" })], undefined, /signals/],
    ["http", [risk({ url: "http://risk.example.com" })], undefined, /signals/],
    ["a format of addresses", [risk({ subjects: "email" })], undefined, /signals/],
    ["a symmetric algorithm", [risk({ algorithms: ["HS256"] })], undefined, /signals/],
    ["two of one name", [risk(), risk({ url: "https://b.example.com" })], undefined, /two are named "risk"/],
    ["two of one iss", [risk(), risk({ name: "mdm" })], undefined, /could not be told apart/],
    ["an issuer that is not there", [risk({ people: "nobody" })], undefined, /no people's issuer/],
    [
      "an agents' issuer",
      [risk({ people: "ci" })],
      [people("ci", { kind: "agents", onBehalf: undefined })],
      /no people's/,
    ],
    ["people for whom no agent acts", [risk()], [people("staff", { onBehalf: false })], /"onBehalf": true/],
    [
      "a sub that distinguishes nobody",
      [risk()],
      [people("staff", { person: "oid" })],
      /person claim is oid; use "subjects"/,
    ],
  ];
  it.each(refused)("of %s are refused", (_, signals, issuers, why) => {
    expect(() => read(signals, issuers)).toThrow(why);
  });

  it("take opaque ids of people whom another claim identifies", () => {
    expect(read([risk({ subjects: "opaque" })], [people("staff", { person: "oid" })]).transmitters).toHaveLength(1);
  });
});
