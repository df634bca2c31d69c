import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectSocket } from "node:net";
import { noIdentity } from "./no-identity.ts";

const TIMEOUT_MS = 10_000;
const METHOD = "/SpiffeWorkloadAPI/FetchJWTSVID";

/**
 * Fetches a JWT-SVID for the audience from the SPIFFE agent at the socket. Uses no gRPC library: one unary call with one relevant field in each
 * message suffices. Sources: SPIFFE Workload API, sections 4 and 6; gRPC over HTTP/2.
 */
export function jwtSvid(socket: string, audience: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2("http://localhost", { createConnection: () => connectSocket(socket) });
    const fail = (why: string) => {
      session.destroy();
      reject(noIdentity(`the SPIFFE Workload API at ${socket} ${why}`));
    };
    session.once("error", () => fail("cannot be reached"));
    const timer = setTimeout(() => fail("does not answer"), TIMEOUT_MS);
    session.once("close", () => clearTimeout(timer));

    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: METHOD,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
      [constants.HTTP2_HEADER_TE]: "trailers",
      // Required by the agent: requests that a browser is tricked into cannot carry this header.
      "workload.spiffe.io": "true",
    });
    const chunks: Buffer[] = [];
    let status: string | undefined;
    const note = (headers: Readonly<Record<string, unknown>>) => {
      if (headers["grpc-status"] !== undefined) status = String(headers["grpc-status"]);
    };
    stream.on("response", note).on("trailers", note);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("error", () => fail("cannot be reached"));
    stream.once("end", () => {
      if (status !== "0")
        return fail(`refused a JWT-SVID (gRPC status ${status ?? "none"}); is this workload registered?`);
      const svid = firstSvid(Buffer.concat(chunks));
      if (svid === undefined) return fail("answered without a JWT-SVID");
      session.close();
      resolve(svid);
    });
    stream.end(framed(field(1, Buffer.from(audience))));
  });
}

/** Frames a message for gRPC: a byte for no compression, four bytes of length, the message. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/**
 * Reads the first SVID, the default identity, from `JWTSVIDResponse { repeated JWTSVID svids = 1 }`,
 * `JWTSVID { string spiffe_id = 1; string svid = 2 }`.
 */
function firstSvid(body: Buffer): string | undefined {
  if (body.length < 5) return undefined;
  const svid = fieldOf(body.subarray(5, 5 + body.readUInt32BE(1)), 1);
  return svid && fieldOf(svid, 2)?.toString("utf8");
}

/** Encodes a length-delimited field of Protocol Buffers. */
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Finds the first length-delimited field with a number; undefined for a truncated message, or one with other wire types. */
function fieldOf(message: Buffer, wanted: number): Buffer | undefined {
  let at = 0;
  const readVarint = (): number => {
    let [value, shift] = [0, 0];
    for (; at < message.length && shift < 28; shift += 7) {
      const byte = message[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const key = readVarint();
    if ((key & 7) !== 2) return undefined;
    const length = readVarint();
    if (Number.isNaN(length) || at + length > message.length) return undefined;
    const bytes = message.subarray(at, at + length);
    if (key >> 3 === wanted) return bytes;
    at += length;
  }
  return undefined;
}
