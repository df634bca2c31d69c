import { createHash, createHmac, type KeyObject } from "node:crypto";
import { authError } from "./auth-errors.ts";
import type { Signature } from "./signature.ts";
import type { WireRequest } from "./wire-request.ts";

const EMPTY_SHA256 = createHash("sha256").update("").digest("hex");
const CRLF = "\r\n";

interface Chunk {
  readonly data: Buffer;
  readonly signature: string | undefined;
}

/**
 * Decodes the object in an `aws-chunked` body. With `STREAMING-AWS4-HMAC-SHA256-PAYLOAD[-TRAILER]` every chunk's
 * signature is verified, each chained to the one before. With `STREAMING-UNSIGNED-PAYLOAD-TRAILER` there are no
 * signatures. Trailing checksums are not verified: they detect faults of the network, which loopback does not have.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function decodeStreamedBody(
  request: WireRequest,
  claim: Signature,
  payloadHash: string,
  key: KeyObject,
): Buffer {
  const isSigned = payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  if (!isSigned && payloadHash !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER") throw authError("s3", "badBody");
  const chunks = readChunks(request.body);
  if (isSigned) checkChain(chunks, claim, key);
  const body = Buffer.concat(chunks.map((chunk) => chunk.data));
  const stated = request.headers["x-amz-decoded-content-length"];
  if (stated !== undefined && Number(stated) !== body.length) throw authError("s3", "badBody");
  return body;
}

function readChunks(body: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf(CRLF, at);
    if (lineEnd < 0) throw authError("s3", "badBody");
    const match = /^([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(body.toString("latin1", at, lineEnd));
    if (!match?.[1]) throw authError("s3", "badBody");
    const dataAt = lineEnd + CRLF.length;
    const dataBytes = Number.parseInt(match[1], 16);
    const data = body.subarray(dataAt, dataAt + dataBytes);
    chunks.push({ data, signature: match[2] });
    if (dataBytes === 0) return chunks;
    at = dataAt + dataBytes + CRLF.length;
  }
}

function checkChain(chunks: readonly Chunk[], claim: Signature, key: KeyObject): void {
  let previous = claim.signature;
  for (const chunk of chunks) {
    const toSign = [
      "AWS4-HMAC-SHA256-PAYLOAD",
      claim.amzDate,
      claim.scope,
      previous,
      EMPTY_SHA256,
      createHash("sha256").update(chunk.data).digest("hex"),
    ].join("\n");
    const expected = createHmac("sha256", key).update(toSign).digest("hex");
    if (expected !== chunk.signature) throw authError("s3", "badSignature");
    previous = expected;
  }
}
