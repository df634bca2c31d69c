import { createHash } from "node:crypto";
import type { HttpAnswer, HttpEvent } from "./event.ts";

/**
 * Marks an answer to a read with an ETag, and answers 304 without a body where the caller says that it has this very answer (RFC 9110, section 13.1.2).
 * It comes after everything else, so that whoever may not read is refused as ever, and the record of the request is the same.
 */
export function unlessKnown({ routeKey, headers }: Pick<HttpEvent, "routeKey" | "headers">, full: HttpAnswer) {
  if (full.statusCode !== 200 || !routeKey.startsWith("GET ")) return full;
  const etag = `"${createHash("sha256").update(full.body).digest("base64url")}"`;
  const known = (headers["if-none-match"] ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  const marked = { ...full, headers: { ...full.headers, etag } };
  return known.includes(etag) ? { ...marked, statusCode: 304, body: "" } : marked;
}
