import { describe, expect, it } from "vitest";
import { actInWords } from "../../../contract/decision/act-in-words.ts";
import { actIn, actLink } from "../../../contract/decision/act-link.ts";
import { actHash } from "../../../contract/decision/record-hash.ts";
import { type ActRecord, actHash as hashOfTheHub } from "../../../functions/core/approvals/act-record.ts";
import { STEP_UP } from "../../harness/votes-of-routes.ts";

const BINDINGS = [{ issuer: "ci", claims: { sub: "repo:acme/api" } }];
const CONSENT = {
  agent: "demo",
  purpose: "read my reports",
  authorization_details: [
    {
      type: "aws",
      account: "111122223333",
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::acme-data/*"],
      conditions: { Bool: { "aws:SecureTransport": ["true"] } },
    },
  ],
};
const MODEL = {
  reach: { everybody: "aa", "team:demo": "bb" },
  connectors: { postgres: "dd" },
  deployment: { deployment: "ee", "issuer:github": "ff" },
  registration: "cc",
};
const RECORD: ActRecord = {
  version: 1,
  hub: "https://valetkey.test",
  nonce: "A".repeat(22),
  created_at: 1_764_000_000,
  act: { method: "POST", path: "/v1/agents", body: { id: "fresh", name: "Früh", bindings: BINDINGS } },
};

describe("the hash of an act", () => {
  it("is the same in a browser and in the hub", async () => {
    expect(await actHash(RECORD)).toBe(hashOfTheHub(RECORD));
    expect(await actHash(RECORD)).toMatch(/^[\w-]{43}$/);
  });

  it.each<readonly [string, ActRecord]>([
    ["hub", { ...RECORD, hub: "https://else.test" }],
    ["path", { ...RECORD, act: { ...RECORD.act, path: "/v1/agents/fresh" } }],
    ["body", { ...RECORD, act: { ...RECORD.act, body: { id: "fresh" } } }],
    ["nonce", { ...RECORD, nonce: "B".repeat(22) }],
    ["time", { ...RECORD, created_at: RECORD.created_at + 1 }],
  ])("is another for another %s", async (_, record) => {
    expect(await actHash(record)).not.toBe(await actHash(RECORD));
  });
});

describe("an act in words", () => {
  const wordsOf = (path: string, body: object = {}) => actInWords({ path, body: { ...body } });

  it("names every value of the act", () => {
    const text = JSON.stringify(
      wordsOf("/v1/agents", {
        id: "fresh",
        name: "Fresh",
        owner: "staff|o",
        team: "demo",
        labels: ["deployer"],
        bindings: BINDINGS,
        limits: { live_tasks: 3 },
        ends_at: "2027-01-01T00:00:00Z",
        contact: "a@acme.test",
        odd: "unknown",
      }),
    );
    for (const each of ["fresh", "Fresh", "staff|o", "demo", "deployer", "repo:acme/api", "ci", "live_tasks: 3"])
      expect(text).toContain(each);
    for (const each of ["2027-01-01T00:00:00Z", "a@acme.test", "odd", "unknown"]) expect(text).toContain(each);
  });

  it("explains an empty list and a removed end", () => {
    expect(wordsOf("/v1/agents/demo", { labels: [], ends_at: null })?.rows).toEqual([
      { name: "Labels", values: [{ text: "none" }] },
      { name: "Ends at", values: [{ text: "no end" }] },
    ]);
  });

  it("states that limits that are not named go back to their defaults", () => {
    expect(wordsOf("/v1/agents/demo", { limits: { live_tasks: 3 } })?.means).toMatch(/go back to their defaults/);
  });

  it("names every value of a consent, with what a reader could take for less", () => {
    const consent = wordsOf("/v1/consents", { ...CONSENT, days: 7, odd: "unknown" });
    expect(consent?.title).toBe("Let the agent demo act for you");
    expect(consent?.means).toContain("For 7 days");
    expect(consent?.rows).toEqual([
      { name: "Purpose", values: [{ text: "read my reports" }] },
      { name: "odd", values: [{ text: "unknown" }] },
      {
        name: "Call AWS in account 111122223333",
        values: [
          { text: "Actions: s3:GetObject" },
          { text: "On: arn:aws:s3:::acme-data/* (every resource whose name begins with this)" },
          { text: "Only if: Bool aws:SecureTransport: true" },
        ],
      },
    ]);
    expect(wordsOf("/v1/consents", CONSENT)?.means).toContain("For 30 days");
  });

  it.each<readonly [string, object]>([
    ["an agent of unclear name", { agent: "demo\u202e" }],
    ["no agent", { agent: undefined }],
    ["days that are no number", { days: { most: 1 } }],
    ["an empty ceiling", { authorization_details: [] }],
    ["no ceiling", { authorization_details: undefined }],
  ])("describes no consent with %s", (_, changed) => {
    expect(wordsOf("/v1/consents", { ...CONSENT, ...changed })).toBeUndefined();
  });

  // The page shows the id in its title and on its button, where a text of a link would look like the page's own.
  it.each(["demo\u202e", "demo, which Ann asked you for", "x".repeat(65), "Demo", ""])(
    "describes no registration of the agent %j",
    (id) => expect(wordsOf("/v1/agents", { id, bindings: BINDINGS })).toBeUndefined(),
  );

  it("knows every act of the table, and no other", () => {
    const acts = Object.entries(STEP_UP).filter(([, row]) => row !== "never");
    const paths = acts.map(([route]) =>
      route
        .replace("POST ", "")
        .replace("{agent}", "demo")
        .replace("{account}", "111122223333")
        .replace("{condition}", "change-freeze"),
    );
    const bodies: Record<string, object> = {
      "/v1/consents": CONSENT,
      "/v1/agents": { id: "a-b" },
      "/v1/agents/demo": { team: "x" },
      "/v1/conditions/change-freeze/loosen": { scope: "hub", reason: "it has ended" },
      "/v1/agents/demo/threat-model": MODEL,
    };
    expect(paths.map((path) => wordsOf(path, bodies[path])).includes(undefined)).toBe(false);
    const never = Object.keys(STEP_UP).filter((route) => STEP_UP[route as keyof typeof STEP_UP] === "never");
    for (const route of never.filter((each) => each.startsWith("POST ")))
      expect(wordsOf(route.replace("POST ", "").replace(/\{\w+\}/, "demo"), { a: 1 }), route).toBeUndefined();
  });

  it("names every hash of a threat model that is accepted", () => {
    const model = wordsOf("/v1/agents/demo/threat-model", { ...MODEL, odd: "unknown" });
    expect(model?.title).toBe("Accept the threat model of the agent demo");
    expect(model?.rows.map(({ name, values }) => [name, values.map(({ text }) => text).join()])).toEqual([
      ["odd", "unknown"],
      ["Registration", "cc"],
      ["Reach of everybody", "aa"],
      ["Reach of team:demo", "bb"],
      ["Connector postgres", "dd"],
      ["Configuration of deployment", "ee"],
      ["Configuration of issuer:github", "ff"],
    ]);
  });

  it.each<readonly [string, object]>([
    ["no registration", { registration: undefined }],
    ["a reach that is a list", { reach: ["aa"] }],
    ["no connectors", { connectors: null }],
    ["no deployment", { deployment: undefined }],
  ])("describes no acceptance with %s", (_, changed) => {
    expect(wordsOf("/v1/agents/demo/threat-model", { ...MODEL, ...changed })).toBeUndefined();
  });

  it.each(["offboard", "resume"])("has the reason of an act: %s", (end) => {
    const rows = [{ name: "Reason", values: [{ text: "its key leaked" }] }];
    expect(wordsOf(`/v1/agents/demo/${end}`, { reason: "its key leaked" })).toMatchObject({ rows });
  });

  it.each([
    ["/v1/agents/demo/resume", { labels: ["x"] }],
    ["/v1/panic/lift", { reason: "x" }],
    ["/v1/accounts/111122223333/lift", { reason: "x" }],
    ["/v1/accounts/1111222233334/lift", {}],
    ["/v1/agents/demo", {}],
    ["/v1/agents", {}],
    ["/v1/agents/../panic", { a: 1 }],
    ["/v1/agents/Demo", { a: 1 }],
    ["/v1/agents/demo/resume/", {}],
    ["//else.test/v1/agents/demo/resume", {}],
  ])("does not describe %s with %j, which is no act", (path, body) => {
    expect(wordsOf(path, body)).toBeUndefined();
  });
});

describe("the link of an act", () => {
  const act = { path: "/v1/agents", body: { id: "fresh", name: "Früh & \u202e", bindings: BINDINGS } };

  it("has the act in its fragment, which no server sees, and gives it back", () => {
    const { origin, pathname, search, hash } = new URL(actLink("https://console.test", act));
    expect([origin, pathname, search]).toEqual(["https://console.test", "/act", ""]);
    expect(actIn(hash)).toEqual(act);
  });

  it.each([
    ["nothing", ""],
    ["no base64", "#%%%"],
    ["no JSON", `#${btoa("hello")}`],
    ["a list", `#${btoa("[]")}`],
    ["null", `#${btoa("null")}`],
    ["no path", `#${btoa('{"body":{}}')}`],
    ["no body", `#${btoa('{"path":"/v1/agents"}')}`],
    ["a list as a body", `#${btoa('{"path":"/v1/agents","body":[]}')}`],
    ["a field more", `#${btoa('{"path":"/v1/panic/lift","body":{},"step_up":{}}')}`],
    ["no UTF-8", `#${btoa("\xff\xfe")}`],
  ])("holds no act where it is %s", (_, fragment) => {
    expect(actIn(fragment)).toBeUndefined();
  });
});
