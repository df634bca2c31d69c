import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";

const issuer = (name: string, changes: object = {}) => ({
  ...{ name, kind: "people", preset: "generic", url: `https://${name}.example.com` },
  console: { clientId: "valetkey-console" },
  approvals: { clientId: "valetkey-approvals", freshness: "auth_time" },
  ...changes,
});
const FILE = {
  hub: { account: "999900001111", region: "eu-central-1" },
  url: "https://valetkey.example.com",
  console: { url: "https://console.example.com" },
  issuers: [issuer("staff")],
  accounts: [{ id: "111122223333", region: "eu-central-1", taskRoles: 8 }],
  operators: [{ issuer: "staff", subject: "alice" }],
  stepUp: true,
};

function read(changes: object) {
  const file = join(mkdtempSync(join(tmpdir(), "step-up-")), "valetkey.json");
  writeFileSync(file, JSON.stringify({ ...FILE, ...changes }));
  return readConfig(file);
}

describe("stepUp", () => {
  it("is deployed where people of the operators' issuer can vote, and only where it is on", () => {
    expect(deploymentOf(read({})).stepUp).toBe(true);
    expect(deploymentOf(read({ stepUp: false }))).not.toHaveProperty("stepUp");
    expect(deploymentOf(read({ stepUp: undefined, console: undefined }))).not.toHaveProperty("stepUp");
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ["without a console", { console: undefined }, /stepUp: operators vote .*; write console\.url/],
    ["where nobody can approve", { issuers: [issuer("staff", { approvals: undefined })] }, /no operator could vote/],
    [
      "where the page cannot sign anybody in",
      { issuers: [issuer("staff", { console: undefined })] },
      /stepUp: no operator could vote for an act: "staff" needs console, and approvals/,
    ],
    [
      "where an issuer proves a sign-in by acr alone",
      { issuers: [issuer("staff", { approvals: { clientId: "a", freshness: "acr" } })] },
      /freshness auth_time, or with acr/,
    ],
    [
      "where the hub redeems the codes",
      {
        issuers: [
          issuer("staff", {
            approvals: { clientId: "a", freshness: "auth_time", tokenExchange: "hub", secret: "valetkey/approvals" },
          }),
        ],
      },
      /tokenExchange browser/,
    ],
    [
      "where only another issuer's people could, who are no first operators",
      { issuers: [issuer("staff", { approvals: undefined }), issuer("guests")] },
      /"staff" needs console/,
    ],
  ];
  it.each(refused)("is refused %s", (_, changes, sentence) => {
    expect(() => read(changes)).toThrow(sentence);
  });

  it("requires any people's issuer where there are no first operators", () => {
    const issuers = [issuer("staff", { approvals: undefined }), issuer("guests")];
    expect(deploymentOf(read({ issuers, operators: [] })).stepUp).toBe(true);
  });
});
