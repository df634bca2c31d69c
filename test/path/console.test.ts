import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { serveSite } from "../../functions/console/serve-site.ts";
import type { Site } from "../../functions/console/site.ts";

const file = (type: string, cacheControl: string, text: string) => ({
  type,
  cacheControl,
  gzip: gzipSync(text).toString("base64"),
});
const SITE: Site = {
  headers: { "content-security-policy": "default-src 'none'" },
  page: file("text/html; charset=utf-8", "no-store", "<!doctype html>"),
  files: { "/assets/app-1.js": file("text/javascript", "public, immutable", "run()") },
};
const ask = (rawPath: string, method = "GET", headers: Record<string, string> = {}) =>
  serveSite({ rawPath, headers, requestContext: { requestId: "r", http: { method, sourceIp: "127.0.0.1" } } }, SITE);
const bodyOf = ({ body, isBase64Encoded }: ReturnType<typeof ask>) =>
  Buffer.from(body, isBase64Encoded ? "base64" : "utf8");

describe("the console's function", () => {
  it.each([
    "/",
    "/now",
    "/approvals",
    "/approvals/ap_Zz9-x",
    "/panic",
    "/tasks/k7f3m2q9x4ab.c1x9.",
    "/tasks/k7f3m2q9x4ab_c1x9_",
    "/tasks/k7f3m2q9x4ab",
    "/sign-in/staff-1",
    "/act",
    "/callback",
  ])("answers %s with the one document, which nothing stores", (path) => {
    const answer = ask(path);
    expect(answer).toMatchObject({ statusCode: 200, headers: { ...SITE.headers, "cache-control": "no-store" } });
    expect(bodyOf(answer).toString()).toBe("<!doctype html>");
  });

  it("compresses for whoever takes it", () => {
    const answer = ask("/assets/app-1.js", "GET", { "accept-encoding": "br, gzip" });
    expect(answer.headers).toMatchObject({ "content-encoding": "gzip", "cache-control": "public, immutable" });
    expect(gunzipSync(bodyOf(answer)).toString()).toBe("run()");
    expect(ask("/assets/app-1.js").headers).not.toHaveProperty("content-encoding");
  });

  it("answers HEAD without the body", () => {
    expect(ask("/", "HEAD")).toMatchObject({ statusCode: 200, body: "" });
  });

  it.each([
    ...[
      "/now/",
      "/approvals/",
      "/approvals/a/b",
      "/approvals/..",
      "/approvals/%2e%2e",
      "/callback/x",
      "/sign-in",
      "/act/",
      "/panic/x",
      "/tasks",
      "/tasks/k7f3m2q9x4a",
      "/tasks/k7f3m2q9x4ab_c1x9.",
      "/tasks/..",
      "/acts",
      "/sign-in/",
      "/sign-in/a/b",
      "/sign-in/Staff",
      "/sign-in/..",
      "/index.html",
      "//",
      "",
    ],
    ...["/assets/", "/assets/app-2.js", "/../site.json", "/site.json", "/__proto__", "/constructor", "/v1/token"],
    `/approvals/${"a".repeat(129)}`,
  ])("has nothing at %j, and answers with its own headers", (path) => {
    const answer = ask(path);
    const html = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    expect(answer).toMatchObject({ statusCode: 404, headers: { ...SITE.headers, ...html } });
    const text = bodyOf(answer).toString();
    expect(text).toContain('<h1>There is no such page here</h1><p><a href="/">');
    // The same for every address: nothing of the request is in it.
    expect(text).toBe(bodyOf(ask("/none")).toString());
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("refuses %s", (method) => {
    expect(ask("/", method)).toMatchObject({ statusCode: 405, headers: { ...SITE.headers, allow: "GET, HEAD" } });
  });
});
