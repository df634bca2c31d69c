import type { SignBody } from "../../contract/signing.ts";
import { Refusal } from "../core/refusal.ts";
import type { RequestToSign } from "../core/signing/request.ts";
import type { Wanted } from "../http/read-body.ts";

/** Words and example of the body. */
export const SIGN_BODY: Wanted = {
  say: "Name lease, method, host, path, query, headers (pairs of a name and a value) and payload_hash of the request.",
  example: {
    lease: "aws-0",
    method: "GET",
    host: "s3.eu-central-1.amazonaws.com",
    path: "/acme-data/reports/june.csv",
    query: "",
    headers: [["accept", "*/*"]],
    payload_hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
};

const TEXTS = ["lease", "method", "host", "path", "query", "payload_hash"] as const;

/** Parses the body of a request for a signature. @throws {Refusal} malformed_request. */
export function parseSignBody(body: Readonly<Partial<Record<keyof SignBody, unknown>>>): {
  readonly lease: string;
  readonly request: RequestToSign;
} {
  const { headers, ...others } = body;
  const texts = Object.entries(others);
  if (texts.length !== TEXTS.length || TEXTS.some((name) => typeof others[name] !== "string") || !arePairs(headers))
    throw new Refusal("malformed_request", {
      ...(SIGN_BODY.say === undefined ? {} : { say: SIGN_BODY.say }),
      more: { example: SIGN_BODY.example },
    });
  const { lease, method, host, path, query, payload_hash } = others as Readonly<Record<(typeof TEXTS)[number], string>>;
  return { lease, request: { method, host, path, query, headers, payloadHash: payload_hash } };
}

const arePairs = (headers: unknown): headers is RequestToSign["headers"] =>
  Array.isArray(headers) &&
  headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === "string"));
