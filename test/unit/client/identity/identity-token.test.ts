import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityToken } from "../../../../client/identity/identity-token.ts";
import { CANARY, FakeValetkey } from "../fake-valetkey.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

let issuer: FakeValetkey;
beforeEach(async () => {
  issuer = await new FakeValetkey().start();
});
afterEach(() => issuer.stop());

const JWT = CANARY.identity;
const get = (path = "/token") => identityToken({ kind: "url", url: `${issuer.url}${path}` }, "aud");

describe("the identity token", () => {
  it("is read from a file, without the newline at its end", async () => {
    writeFileSync(join(folder, "token"), `${JWT}\n`);
    expect(await identityToken({ kind: "file", path: join(folder, "token") }, "aud")).toBe(JWT);
  });

  it.each([
    ["JSON with a token", { token: JWT }],
    ["JSON with a value", { value: JWT }],
    ["plain text", `${JWT}\n`],
  ])("is fetched as %s", async (_, body) => {
    issuer.other = () => ({ status: 200, body });
    expect(await get()).toBe(JWT);
  });

  it("is requested of GitHub Actions for our audience, with its bearer token", async () => {
    issuer.other = () => ({ status: 200, body: { value: JWT } });
    const source = { kind: "github", url: `${issuer.url}/mint?api-version=2.0`, bearer: "b" } as const;
    expect(await identityToken(source, "https://valetkey.example.com")).toBe(JWT);
    expect(issuer.seen).toMatchObject([
      { path: "/mint?api-version=2.0&audience=https%3A%2F%2Fvaletkey.example.com", authorization: "Bearer b" },
    ]);
  });

  it.each([
    ["an error", { status: 500, body: JWT }],
    ["a page", { status: 200, body: "<html>CANARY</html>" }],
    ["JSON without one", { status: 200, body: { CANARY: 1 } }],
    ["JSON that is null", { status: 200, body: "null" }],
    ["nothing", undefined],
  ])("is not taken from %s, which is not quoted", async (_, reply) => {
    issuer.other = () => reply;
    const message = await get().then(
      () => "taken",
      (error) => error.message,
    );
    expect(message).toMatch(/cannot be reached|answered|is not a signed JWT/);
    expect(message).not.toContain("CANARY");
  });

  it("is not taken from where a redirect leads", async () => {
    issuer.other = ({ path }) =>
      path === "/token" ? { status: 302, body: "", headers: { location: "/elsewhere" } } : { status: 200, body: JWT };
    await expect(get()).rejects.toThrow(/cannot be reached/);
    expect(issuer.seen).toHaveLength(1);
  });

  it("is not fetched in the clear from elsewhere", async () => {
    await expect(identityToken({ kind: "url", url: "http://issuer.example.com" }, "aud")).rejects.toThrow(
      /must be https/,
    );
  });

  it("that is in a file which is not there is reported as missing", async () => {
    await expect(identityToken({ kind: "file", path: join(folder, "none") }, "aud")).rejects.toThrow(/cannot be read/);
  });
});
