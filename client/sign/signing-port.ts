import { createHash } from "node:crypto";
import { lookup } from "node:dns";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import { type AddressInfo, BlockList } from "node:net";
import type { ServedService, SignedSession } from "../task/held-task.ts";
import { namedBy, verifiedSignature } from "./incoming-signature.ts";
import { isPassedOn } from "./passed-on.ts";
import { isPresigned, PRESIGNED_SECONDS, presignedIn, verifiedPresigned } from "./presigned-url.ts";
import type { RunKeys } from "./run-keys.ts";
import type { Signatures } from "./signatures.ts";

/** Port of one service, for the programs of a command. */
export interface SigningPort {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Session that stays in the hub, and what gets signatures by it. */
export interface SigningSession {
  readonly session: Pick<SignedSession, "name" | "account" | "endpoints">;
  readonly signatures: Pick<Signatures, "of">;
}

/** Session by which a port has requests signed: those that are signed by its keys of this run. */
interface PortSession extends SigningSession {
  readonly keys: RunKeys;
}

/** Needs of a port: it signs by the hub, and sends to AWS. */
interface PortOptions {
  /** Variable of the service whose requests arrive here. The port refuses a request by a session that has no such service. */
  readonly variable: string;
  readonly sessions: readonly PortSession[];
  /** Address of another AWS (`AWS_ENDPOINT_URL`) to which requests are sent; undefined for AWS itself. */
  readonly elsewhere: string | undefined;
  /** Port on loopback; 0 for any free one. */
  readonly port: number;
}

/** Headers that are for one connection, of an answer. */
const OF_ONE_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"]);

/** Upper bound on a body that is hashed here, since the command's SDK has not; bytes. */
const MOST_HASHED = 64 * 1024 * 1024;

/** Addresses to which no request is sent: this machine itself, and link-local ones such as the instance's metadata. */
const INTERNAL = new BlockList();
INTERNAL.addSubnet("127.0.0.0", 8, "ipv4");
INTERNAL.addSubnet("169.254.0.0", 16, "ipv4");
INTERNAL.addSubnet("0.0.0.0", 8, "ipv4");
INTERNAL.addAddress("::1", "ipv6");
INTERNAL.addAddress("::", "ipv6");
INTERNAL.addSubnet("fe80::", 10, "ipv6");

/** Opens a port that signs requests to a service by the hub, and sends them to AWS. The path is never parsed: a parser folds what a signature covers. */
export async function openSigningPort(options: PortOptions): Promise<SigningPort> {
  const server = createServer((incoming, response) => {
    pass(incoming, response, options).catch(() =>
      refuse(incoming, response, {
        status: 502,
        code: "SigningFailed",
        sentence: "The request could not be passed on.",
        service: "",
      }),
    );
  });
  // An SDK's body may be large, and its connection idle meanwhile.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(options.port, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { variable, sessions, elsewhere }: PortOptions,
): Promise<void> {
  const isOfPort = (each: ServedService) => each.variable === variable;
  const own = sessions.flatMap(({ session }) => session.endpoints).find(isOfPort)?.service;
  const named = namedBy({ headers: flat(incoming) });
  const no = (status: number, code: string, sentence: string) =>
    refuse(incoming, response, { status, code, sentence, service: own ?? named?.service ?? "" });
  const [path = "/", whole = ""] = splitOnce(incoming.url ?? "/", "?");
  const method = incoming.method ?? "GET";
  const presigned = isPresigned(whole) ? presignedIn(whole) : undefined;
  if (isPresigned(whole) && (!presigned || own !== "s3" || (method !== "GET" && method !== "PUT")))
    return no(403, "PresignedUrl", NOT_PRESIGNABLE);
  const stated = headerOf(incoming, "x-amz-content-sha256");
  const body = stated === undefined ? await wholeBody(incoming) : undefined;
  if (stated === undefined && body === undefined)
    return no(413, "EntityTooLarge", "The body is too large to be hashed here.");
  const payloadHash =
    stated ??
    createHash("sha256")
      .update(body ?? "")
      .digest("hex");
  const arrived = { method, path, query: whole, headers: flat(incoming), payloadHash };
  const keyId = presigned?.keyId ?? named?.keyId;
  const found = sessions.find(({ keys }) => keys.accessKeyId === keyId);
  const now = Date.now();
  const signed =
    found &&
    (presigned ? verifiedPresigned(arrived, presigned, found.keys, now) : verifiedSignature(arrived, found.keys, now));
  if (!found || !signed) return no(403, "SignatureDoesNotMatch", presigned ? EXPIRED : NOT_OURS);
  const service = found.session.endpoints.find(isOfPort);
  if (!service) return no(403, "ServiceNotGranted", notGranted(signed.service, found.session));

  const host = service.host.replace("{region}", signed.region);
  const headers = [...pairsOf(incoming).filter(([name]) => isPassedOn(name)), ...(presigned?.headers ?? [])];
  const query = presigned?.query ?? whole;
  const signature = await found.signatures.of({ method, host, path, query, headers, payload_hash: payloadHash });
  if ("code" in signature) return no(signature.status, signature.code, signature.sentence);
  await send(
    {
      method,
      host,
      url: query === "" ? path : `${path}?${query}`,
      headers: [...headers, ...signature.headers],
      elsewhere,
    },
    body ?? incoming,
    response,
  );
}

const NOT_OURS = "The request is not signed by this command's own keys.";
const EXPIRED = `The presigned URL is not made by this command's own keys, or more than ${PRESIGNED_SECONDS} seconds ago.`;
const NOT_PRESIGNABLE =
  "A presigned URL works here for GET and PUT of S3, signed by version 4 (boto3: Config(signature_version='s3v4'); aws: s3.signature_version in AWS_CONFIG_FILE).";

const notGranted = (service: string, { account, endpoints }: PortSession["session"]): string =>
  `The task was not granted ${service} in account ${account}: it has ${endpoints.map((each) => each.service).join(", ")}.`;

/** Sends the signed request as it is, and its answer back. Follows no redirect: the command's SDK asks anew. */
function send(
  to: {
    readonly method: string;
    readonly host: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly elsewhere: string | undefined;
  },
  body: Buffer | IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const address = new URL(to.elsewhere ?? `https://${to.host}`);
  const isHttp = address.protocol === "http:";
  const headers = [["host", to.host] as const, ...to.headers].flat();
  return new Promise((resolve, reject) => {
    const outgoing = (isHttp ? httpRequest : httpsRequest)(
      {
        method: to.method,
        host: address.hostname,
        port: address.port === "" ? (isHttp ? 80 : 443) : Number(address.port),
        path: to.url,
        headers,
        ...(to.elsewhere === undefined ? { lookup: lookupOutside, servername: to.host } : {}),
      },
      (answer) => {
        const passed = pairsOf(answer).filter(([name]) => !OF_ONE_HOP.has(name.toLowerCase()));
        response.writeHead(answer.statusCode ?? 502, passed.flat());
        answer.pipe(response);
        answer.on("end", resolve);
        answer.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else body.pipe(outgoing);
  });
}

/** Resolves a name, and refuses an address of this machine or of its link. */
const lookupOutside: typeof lookup = ((name: string, options: object, done: (...args: unknown[]) => void) =>
  lookup(name, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error);
    const isInternal = addresses.some(({ address, family }) => INTERNAL.check(address, family === 6 ? "ipv6" : "ipv4"));
    if (isInternal) return done(new Error("the host resolves to this machine"));
    const [first] = addresses;
    return "all" in options && options.all ? done(null, addresses) : done(null, first?.address, first?.family);
  })) as never;

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
};

const flat = (incoming: IncomingMessage): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.keys(incoming.headers).map((name) => [name, headerOf(incoming, name)]));

/** Lists the headers as they arrived, duplicates too. */
const pairsOf = ({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : []));

/** Reads a body to its end; undefined for a longer one than can be hashed here. */
async function wholeBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= MOST_HASHED) chunks.push(chunk);
  }
  return bytes > MOST_HASHED ? undefined : Buffer.concat(chunks);
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Services whose errors are XML at the top, beside those of the query protocol. */
const XML_ERRORS = new Set(["s3", "route53", "cloudfront"]);

/** Refusal of a request, in the form of the errors of a service. */
interface Refused {
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly service: string;
}

/** Answers in the form of the service's own errors, so that the command's SDK shows the sentence. */
function refuse(
  incoming: IncomingMessage,
  response: ServerResponse,
  { status, code, sentence, service }: Refused,
): void {
  incoming.resume();
  if (response.headersSent) return void response.destroy();
  const type = headerOf(incoming, "content-type") ?? "";
  const error = `<Error><Code>${code}</Code><Message>${escaped(sentence)}</Message></Error>`;
  const [contentType, body] = type.includes("x-www-form-urlencoded")
    ? ["text/xml", `<ErrorResponse>${error}</ErrorResponse>`]
    : XML_ERRORS.has(service)
      ? ["application/xml", error]
      : ["application/json", JSON.stringify({ __type: code, message: sentence })];
  response.writeHead(status, { "content-type": contentType, "x-amzn-errortype": code, connection: "close" }).end(body);
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
