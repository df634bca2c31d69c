import { createHash } from "node:crypto";
import type { HttpAnswer, HttpEvent } from "./event.ts";

/**
 * Marks an answer to a read with an ETag. Answers 304 without a body if the caller has this very answer (RFC 9110, section 13.1.2). Runs after everything
 * else, so that refusals and the request's record are the same as for the whole answer.
 */
export function unlessKnown(event: Pick<HttpEvent, "routeKey" | "headers">, full: HttpAnswer): HttpAnswer {
  if (!event.routeKey.startsWith("GET ") || full.statusCode !== 200) return full;
  const etag = etagOf(full.body);
  const marked = { ...full, headers: { ...full.headers, etag } };
  return isKnown(event, etag) ? { ...marked, statusCode: 304, body: "" } : marked;
}

/** Makes the ETag of an answer from a text that changes whenever the answer does. */
export const etagOf = (text: string): string => `"${createHash("sha256").update(text).digest("base64url")}"`;

/** True where the request's `If-None-Match` lists this ETag. */
export const isKnown = ({ headers }: Pick<HttpEvent, "headers">, etag: string): boolean =>
  (headers["if-none-match"] ?? "").split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
