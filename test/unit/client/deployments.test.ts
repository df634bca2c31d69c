import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressOf } from "../../../client/deployments/address-of.ts";
import { DeploymentsFile } from "../../../client/deployments/deployments-file.ts";
import { offersIn } from "../../../client/deployments/hub-sign-in.ts";
import { callClient } from "./call-client.ts";

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-deployments-"));
  env = { XDG_CONFIG_HOME: folder };
});
afterEach(() => rmSync(folder, { recursive: true }));

const PROD = "https://valetkey.example.com";
const STAGING = "https://staging.example.com";
const path = () => join(folder, "valetkey", "config.json");
const use = (...args: string[]) => callClient(["use", ...args], env);

async function keep(current?: string): Promise<void> {
  const named = { prod: { url: PROD }, staging: { url: STAGING } };
  await new DeploymentsFile(env).change(() => ({ ...(current ? { current } : {}), named }));
}

/** Writes the file as somebody else might. */
function forge(content: unknown): void {
  mkdirSync(join(folder, "valetkey"), { recursive: true, mode: 0o700 });
  writeFileSync(path(), typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
}

describe("the address of a command", () => {
  it("comes from flags, then variables, then the deployment in use", async () => {
    await keep("prod");
    expect(addressOf({ url: "https://a.example" }, { ...env, VALETKEY_URL: STAGING })).toBe("https://a.example");
    expect(addressOf({ deployment: "staging" }, { ...env, VALETKEY_URL: PROD })).toBe(STAGING);
    expect(addressOf({}, { ...env, VALETKEY_URL: "https://b.example", VALETKEY_DEPLOYMENT: "prod" })).toBe(
      "https://b.example",
    );
    expect(addressOf({}, { ...env, VALETKEY_DEPLOYMENT: "staging" })).toBe(STAGING);
    expect(addressOf({}, env)).toBe(PROD);
    expect(addressOf({}, { XDG_CONFIG_HOME: join(folder, "none") })).toBeUndefined();
  });

  it.each([
    ["two of them", { url: PROD, deployment: "prod" }, {}, "not both"],
    ["a name that is close to one", { deployment: "prdo" }, {}, "did you mean prod?"],
    ["a name of every object", { deployment: "constructor" }, {}, "no deployment is called constructor"],
    ["plain http", { url: "http://valetkey.example.com" }, {}, "must be https"],
    ["an empty variable", {}, { VALETKEY_URL: "" }, "VALETKEY_URL must be an address"],
  ])("is refused for %s", async (_, flags, more, sentence) => {
    await keep();
    expect(() => addressOf(flags, { ...env, ...more })).toThrow(sentence);
  });

  it("of a file takes no audience given beside it: a changed address would get another hub's token", async () => {
    await keep("prod");
    expect(() => addressOf({ audience: PROD }, env)).toThrow("an audience needs the address");
    expect(() => addressOf({ audience: PROD, deployment: "prod" }, env)).toThrow("an audience needs the address");
    expect(addressOf({ audience: "https://other.example" }, { ...env, VALETKEY_URL: PROD })).toBe(PROD);
  });
});

describe("the file of deployments", () => {
  it("is the user's alone", async () => {
    await keep("prod");
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "valetkey")).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["others may read it", () => chmodSync(path(), 0o644)],
    ["others may write its folder", () => chmodSync(join(folder, "valetkey"), 0o707)],
    ["its group may write its folder", () => chmodSync(join(folder, "valetkey"), 0o770)],
    ["its group may read it", () => chmodSync(path(), 0o640)],
    [
      "it is a link",
      () => {
        writeFileSync(join(folder, "elsewhere"), JSON.stringify({ current: "prod" }), { mode: 0o600 });
        rmSync(path());
        symlinkSync(join(folder, "elsewhere"), path());
      },
    ],
  ])("is not believed where %s, and the command names the fault", async (_, change) => {
    await keep("prod");
    change();
    expect(() => addressOf({}, env)).toThrow("is not used, since other users can read or write it");
  });

  it.each([
    ["no JSON", "{"],
    ["an address that tokens must not go to", { deployments: { prod: { url: "http://valetkey.example.com" } } }],
    ["an audience", { deployments: { prod: { url: PROD, audience: "https://other.example/operate" } } }],
    [
      "an audience of the sign-in",
      { deployments: { prod: { url: PROD, signIn: { issuer: PROD, clientId: "c", audience: "x" } } } },
    ],
    ["a name with an escape", { deployments: { "\u001b[2J": { url: PROD } } }],
  ])("is refused with %s", (_, content) => {
    forge(content);
    expect(() => new DeploymentsFile(env).read()).toThrow(/does not have the form|must be https/);
  });
});

describe("valetkey use", () => {
  it("lists the deployments, uses one, and forgets it", async () => {
    expect((await use()).stdout).toContain("No deployment has a name yet");
    await keep();
    expect((await use("prod")).code).toBe(0);
    expect((await use()).stdout).toContain(`*  prod     ${PROD}`);
    expect(JSON.parse((await use("-o", "json")).stdout).deployments).toEqual([
      { name: "prod", url: PROD, current: true },
      { name: "staging", url: STAGING, current: false },
    ]);
    expect((await use("-o", "yaml")).stdout).toContain("- name: prod\n");
    expect(await use("prodd")).toMatchObject({ code: 64, stderr: expect.stringContaining("did you mean prod?") });
    await use("--forget", "prod");
    expect((await use("--json")).stdout).not.toContain("prod");
  });

  it("refuses inside a task, whose command must not choose where its person's commands go", async () => {
    await keep();
    expect(await callClient(["use", "prod"], { ...env, VALETKEY_TASK: "t." })).toMatchObject({ code: 77 });
    expect(new DeploymentsFile(env).read().current).toBeUndefined();
  });

  it("reads nothing of the working folder", async () => {
    const work = mkdtempSync(join(tmpdir(), "valetkey-work-"));
    const content = JSON.stringify({ current: "evil", deployments: { evil: { url: "https://evil.example" } } });
    for (const place of ["config.json", "valetkey.json", ".valetkey.json"]) writeFileSync(join(work, place), content);
    expect(addressOf({}, { ...env, PWD: work, XDG_CONFIG_HOME: "." })).not.toBe("https://evil.example");
    expect(existsSync(path())).toBe(false);
    rmSync(work, { recursive: true });
  });
});

describe("the places that a hub names", () => {
  const offer = (changed: object) => [{ issuer: "https://login.example.com", client_id: "valetkey-cli", ...changed }];

  it("are taken as they are", () => {
    expect(offersIn({ sign_in: offer({ scope: "openid api", resource: false }) })).toEqual([
      { issuer: "https://login.example.com", clientId: "valetkey-cli", scope: "openid api", resource: false },
    ]);
    expect(offersIn({})).toEqual([]);
  });

  it.each([
    ["a letter of another script", { issuer: "https://login.ex\u0430mple.com" }],
    ["an escape", { client_id: "a\u001b[2K" }],
    ["a turned line", { scope: "openid \u202eidp" }],
    ["plain http", { issuer: "http://login.example.com" }],
    ["a password", { issuer: "https://a:b@login.example.com" }],
    ["no client", { client_id: undefined }],
    ["a resource of its choosing", { resource: "https://other.example/operate" }],
  ])("are refused with %s", (_, changed) => {
    expect(() => offersIn({ sign_in: offer(changed) })).toThrow();
  });
});
