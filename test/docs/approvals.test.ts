import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordHash } from "../../functions/core/approvals/approval-record.ts";
import { aRecord } from "../fakes/samples/approval.ts";
import { aTask } from "../fakes/samples/task.ts";
import { ROOT, read } from "./pages.ts";

const PROGRAM = /```js\n([\s\S]*?)```/.exec(read("docs/approvals.md"))?.[1] ?? "";
const ISSUER = "https://login.example.com";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-vote-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("docs/approvals.md: the program that verifies a vote without valetkey", () => {
  const record = aRecord(aTask().task);

  async function verdict(claims: object, shown: object = record, more: object = {}): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const token = await new SignJWT({
      ...{ nonce: recordHash(record), auth_time: record.created_at + 20, iat: record.created_at + 25 },
      ...{ exp: record.created_at + 85, iss: ISSUER, aud: "approvals", sub: "ann" },
      ...claims,
    })
      .setProtectedHeader({ alg: "ES256" })
      .sign(privateKey);
    const file = join(folder, "vote.json");
    const jwk = { ...(await exportJWK(publicKey)), alg: "ES256" };
    writeFileSync(file, JSON.stringify({ record: shown, token, jwk, issuer: ISSUER, clientId: "approvals", ...more }));
    // a program of the page, in a folder of the repository so that its imports are found
    const program = PROGRAM.replace('process.argv[2] ?? ""', JSON.stringify(file));
    return execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: ROOT, encoding: "utf8" });
  }

  it.each([
    ["a vote for the record", {}, record, "approved by ann\n"],
    ["another record", {}, { ...record, ttl: 43_200 }, "this is no vote for this record\n"],
    [
      "a sign-in before the request",
      { auth_time: record.created_at - 600 },
      record,
      "this is no vote for this record\n",
    ],
    ["a vote after the expiry", { iat: record.expires_at }, record, "this is no vote for this record\n"],
  ])("is right about %s", async (_, claims, shown, expected) => {
    expect(await verdict(claims, shown)).toBe(expected);
  });

  it("takes an acr for a sign-in where the issuer proves sign-ins by it, and only there", async () => {
    const untimed = { auth_time: undefined, acr: "phr" };
    const none = "this is no vote for this record\n";
    expect(await verdict(untimed, record, { acr: ["phr"] })).toBe("approved by ann\n");
    for (const [claims, more] of [
      [untimed, {}],
      [untimed, { acr: ["pwd"] }],
      [{ ...untimed, auth_time: record.created_at - 600 }, { acr: ["phr"] }],
    ] as const)
      expect(await verdict(claims, record, more)).toBe(none);
  });

  it("verifies nothing of another client", async () => {
    await expect(verdict({ aud: "console" })).rejects.toThrow(/unexpected "aud" claim/);
  });
});
