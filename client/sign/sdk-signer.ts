import { createHash } from "node:crypto";
import { ClientError } from "../exit-codes.ts";
import type { SignedSession } from "../task/held-task.ts";
import { isPassedOn, OF_SIGNATURE } from "./passed-on.ts";
import type { SdkRequest, SdkSigner } from "./sdk-request.ts";
import type { Signatures } from "./signatures.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

type SignerSession = Pick<SignedSession, "account" | "region" | "endpoints">;

/** Makes a signer whose requests the hub signs by a session that stays there. @throws {ClientError} where the hub refuses one. */
export const sdkSigner = (session: SignerSession, signatures: Pick<Signatures, "of">): SdkSigner => ({
  sign: async (request, { signingRegion } = {}) => {
    // A test's AWS is on loopback. It verifies the signature of the host that AWS itself has.
    const host = LOOPBACK.has(request.hostname) ? hostOf(session, request, signingRegion) : request.hostname;
    const headers = Object.entries(request.headers);
    const signature = await signatures.of({
      method: request.method,
      host,
      path: request.path,
      query: queryOf(request.query),
      headers: headers.filter(([name]) => isPassedOn(name)),
      payload_hash: payloadHashOf(request),
    });
    if ("code" in signature)
      throw new ClientError(signature.status === 503 ? "unavailable" : "refused", signature.code, signature.sentence);
    const others = headers.filter(([name]) => !OF_SIGNATURE.has(name.toLowerCase()) && name.toLowerCase() !== "host");
    return { ...request, headers: Object.fromEntries([...others, ["host", host], ...signature.headers]) };
  },
});

/** Finds the host that AWS has for a request: the SDK names the service in its user agent, and elsewhere only in a host of AWS. */
function hostOf(
  { account, region, endpoints }: SignerSession,
  { headers }: SdkRequest,
  signingRegion?: string,
): string {
  const [, api = "service"] = /\bapi\/([a-z0-9-]+)#/.exec(headers["user-agent"] ?? "") ?? [];
  const variable = `AWS_ENDPOINT_URL_${api.replaceAll("-", "_").toUpperCase()}`;
  const found = endpoints.find((each) => each.variable === variable);
  const has = endpoints.map(({ service }) => service).join(", ");
  if (!found)
    throw new ClientError(
      "refused",
      "service_not_granted",
      `the task was not granted ${api} in account ${account}: it has ${has}`,
    );
  return found.host.replace("{region}", signingRegion ?? region ?? process.env.AWS_REGION ?? "us-east-1");
}

/** Writes a query as the SDK sends it. */
const queryOf = (query: SdkRequest["query"] = {}): string =>
  Object.entries(query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((each) => `${escaped(name)}=${escaped(each)}`)
        : [typeof value === "string" ? `${escaped(name)}=${escaped(value)}` : escaped(name)],
    )
    .join("&");

/** Escapes each character but RFC 3986's unreserved ones. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

function payloadHashOf({ headers, body }: SdkRequest): string {
  const stated = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-amz-content-sha256")?.[1];
  if (stated !== undefined) return stated;
  if (body === undefined || body === null) return hashOf("");
  if (typeof body === "string") return hashOf(body);
  if (ArrayBuffer.isView(body)) return hashOf(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  return body instanceof ArrayBuffer ? hashOf(new Uint8Array(body)) : "UNSIGNED-PAYLOAD";
}

const hashOf = (body: string | Uint8Array): string => createHash("sha256").update(body).digest("hex");
