import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { SITE_FILE, type Site } from "../../../functions/console/site.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { buildConsole } from "../../../infra/config/build-console.ts";
import { consoleFaults, consoleHeaders, consoleSettings } from "../../../infra/config/console.ts";
import type { Config } from "../../../infra/config/schema.ts";

const staff = (changes: object = {}): Config["issuers"][number] => ({
  name: "staff",
  kind: "people",
  preset: "generic",
  url: "https://login.example.com/t1",
  console: { clientId: "valetkey-console", tokenUrl: "https://tokens.example.net/token" },
  approvals: { clientId: "valetkey-approvals", freshness: "auth_time" },
  ...changes,
});
const config = (changes: Partial<Config> = {}): Config => ({
  hub: { account: accountId("999900001111"), region: regionNamed("eu-central-1") },
  url: "https://valetkey.example.com/",
  console: { url: "https://console.example.com" },
  issuers: [{ name: "ci", kind: "agents", preset: "generic", url: "https://ci.example.com" }, staff()],
  accounts: [{ id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 8 }],
  operators: [],
  ...changes,
});
const withStaff = (changes: object) => config({ issuers: [staff(changes)] });

describe("the console's headers", () => {
  it("let the page connect to the API and the issuers that people sign in at, and do nothing else", () => {
    expect(consoleHeaders(config())["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src https://valetkey.example.com https://login.example.com https://tokens.example.net; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(consoleHeaders(config())).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=63072000",
    });
  });
});

describe("the page's configuration", () => {
  it("is public: addresses and clients of the people's issuers that have a console", () => {
    expect(consoleSettings(config())).toEqual({
      api: "https://valetkey.example.com",
      audience: "https://valetkey.example.com/operate",
      origin: "https://console.example.com",
      issuers: [
        {
          name: "staff",
          url: "https://login.example.com/t1",
          client_id: "valetkey-console",
          scope: "openid",
          parameters: {},
          approvals: { client_id: "valetkey-approvals", token_exchange: "browser" },
        },
      ],
    });
  });

  it("has step_up only where acts take a signature", () => {
    expect(consoleSettings(config({ stepUp: true })).step_up).toBe(true);
    expect(consoleSettings(config())).not.toHaveProperty("step_up");
  });

  it("has the classes of sign-in that groups of the issuer require, each once", () => {
    const group = { issuer: "staff", persons: ["ada"] };
    const approvers = {
      sre: { ...group, acr: ["phr", "phrh"] },
      security: { ...group, acr: ["phr"] },
      partners: { ...group, issuer: "partners", acr: ["other"] },
      anybody: group,
    };
    expect(consoleSettings(config({ approvers })).issuers[0]?.approvals?.acr_values).toEqual(["phr", "phrh"]);
  });

  it("requires the classes of its own at acts and consents, and these beside the groups' at a trial", () => {
    const approvers = { sre: { issuer: "staff", persons: ["ada"], acr: ["phrh"] } };
    const issuers = config().issuers.map((issuer) => ({
      ...issuer,
      ...(issuer.approvals ? { approvals: { ...issuer.approvals, freshness: "acr" as const, acr: ["phr"] } } : {}),
    }));
    expect(consoleSettings(config({ approvers, issuers })).issuers[0]?.approvals).toMatchObject({
      acr: ["phr"],
      acr_values: ["phr", "phrh"],
    });
  });
});

describe("faults of the console's configuration", () => {
  it.each([
    ["an origin with a path", config({ console: { url: "https://console.example.com/x" } }), /more than an origin/],
    ["the API's own origin", config({ console: { url: "https://valetkey.example.com" } }), /origin of the API/],
    ["an agents' issuer with a console", withStaff({ kind: "agents" }), /only people's issuers/],
    ["one client for both", withStaff({ console: { clientId: "valetkey-approvals" } }), /for approvals alone/],
    ["approvals that nobody could read", withStaff({ console: undefined }), /could not read/],
    ["a parameter of the page's own", withStaff({ console: { clientId: "c", parameters: { nonce: "1" } } }), /nonce/],
  ])("%s", (_, faulty, sentence) => {
    expect(consoleFaults(faulty).join("\n")).toMatch(sentence);
  });

  it("there are none in a whole configuration, nor without a console", () => {
    const { console: _, ...without } = config();
    expect([...consoleFaults(config()), ...consoleFaults(without)]).toEqual([]);
  });
});

describe("the built console", () => {
  const dir = buildConsole({ config: config(), outDir: mkdtempSync(join(tmpdir(), "console-")) });
  const site = JSON.parse(readFileSync(join(dir, SITE_FILE), "utf8")) as Site;
  const page = gunzipSync(Buffer.from(site.page.gzip, "base64")).toString();
  const scripts = Object.entries(site.files).filter(([path]) => path.endsWith(".js"));

  it("has at most 68 KB of JavaScript, compressed", () => {
    const bytes = scripts.map(([, { gzip }]) => Buffer.from(gzip, "base64").length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(68_000);
    expect(scripts).toHaveLength(1);
  });

  it("names each file by its content, and stores no document", () => {
    const stored = Object.entries(site.files).map(([path, { cacheControl }]) => [path, cacheControl] as const);
    for (const [path, cacheControl] of stored.filter(([path]) => path !== "/config.json")) {
      expect(path).toMatch(/^\/assets\/(app|style|icon)-[0-9a-f]{16}\.(js|css|svg)$/);
      expect(cacheControl).toBe("public, max-age=31536000, immutable");
      expect(page).toContain(`"${path}"`);
    }
    expect([site.page.cacheControl, site.files["/config.json"]?.cacheControl]).toEqual(["no-store", "no-store"]);
  });

  it("has no script, style or handler within the document, and nothing of another origin", () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/)/);
    expect(page).not.toMatch(/(?:src|href)="(?!\/assets\/)/);
  });

  it("is the same when it is built again", () => {
    const again = buildConsole({ config: config(), outDir: mkdtempSync(join(tmpdir(), "console-")) });
    expect(readFileSync(join(again, SITE_FILE), "utf8")).toBe(readFileSync(join(dir, SITE_FILE), "utf8"));
  });
});
