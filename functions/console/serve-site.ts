import { gunzipSync } from "node:zlib";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { isPage, type Site, type SiteFile } from "./site.ts";

/** Document of an address that is no page. */
const NO_PAGE =
  '<!doctype html><html lang="en"><title>valetkey</title><main><h1>There is no such page here</h1><p><a href="/">Go to the first page</a></p></main></html>';

/** Answer whose body may be bytes. */
export type SiteAnswer = HttpAnswer & { readonly isBase64Encoded: boolean };

/**
 * Answers a request for one of the console's files, which the build wrote. Computes nothing from the request. No path names a place on a disk, and no header,
 * query or body is echoed.
 */
export function serveSite(event: Pick<HttpEvent, "rawPath" | "requestContext" | "headers">, site: Site): SiteAnswer {
  const { method = "GET" } = event.requestContext.http;
  if (method !== "GET" && method !== "HEAD") return words(405, "Only GET and HEAD.", site, { allow: "GET, HEAD" });
  const file = fileAt(event.rawPath ?? "/", site);
  if (file === undefined) return words(404, NO_PAGE, site, { "content-type": "text/html; charset=utf-8" });
  const isZipped = /\bgzip\b/.test(event.headers["accept-encoding"] ?? "");
  const body = isZipped ? file.gzip : gunzipSync(Buffer.from(file.gzip, "base64")).toString("base64");
  const headers = {
    ...site.headers,
    "content-type": file.type,
    "cache-control": file.cacheControl,
    vary: "accept-encoding",
    ...(isZipped ? { "content-encoding": "gzip" } : {}),
  };
  return { statusCode: 200, headers, body: method === "HEAD" ? "" : body, isBase64Encoded: true };
}

function fileAt(path: string, { files, page }: Site): SiteFile | undefined {
  if (isPage(path)) return page;
  return Object.hasOwn(files, path) ? files[path] : undefined;
}

const words = (
  statusCode: number,
  text: string,
  { headers }: Site,
  more: Readonly<Record<string, string>> = {},
): SiteAnswer => ({
  statusCode,
  headers: { ...headers, "content-type": "text/plain; charset=utf-8", ...more, "cache-control": "no-store" },
  body: `${text}\n`,
  isBase64Encoded: false,
});
