import type { IncomingMessage } from "node:http";
import { ServiceError } from "./service-error.ts";

/** Request as it was sent: path and query are not decoded, since the signature covers them in that form. */
export interface WireRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

/** Answer to a request: status, headers, and a body in the service's own format. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Reads the whole request, with its body in memory. Refuses bodies above 64 MiB. */
export async function readWireRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const body = await readBody(incoming);
  const [rawPath = "/", rawQuery = ""] = splitOnce(incoming.url ?? "/", "?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return {
    method: incoming.method ?? "GET",
    rawPath,
    rawQuery,
    headers,
    body,
    remoteAddress: (incoming.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
  };
}

/** Reads a body by its events. Iterating over a stream would take more time than everything else here. */
const readBody = (incoming: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bodyBytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bodyBytes += chunk.length;
      if (bodyBytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
    });
    incoming.on("error", reject);
    incoming.on("end", () => {
      if (bodyBytes <= BODY_LIMIT_BYTES) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      else reject(new ServiceError("EntityTooLarge", "The embedded AWS takes bodies of at most 64 MiB.", 400));
    });
  });

/** Decodes the query parameters to names and values, in the order sent. `+` stays `+`, as in AWS's canonical form. */
export function queryPairs(rawQuery: string): [name: string, value: string][] {
  return rawQuery
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", value = ""] = splitOnce(part, "=");
      return [decode(name), decode(value)];
    });
}

/** Decodes a text. @throws {ServiceError} where the percent-encoding is broken. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError("InvalidURI", "Could not parse the specified URI.", 400);
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
