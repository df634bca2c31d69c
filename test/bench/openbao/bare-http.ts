/**
 * HTTP/1.1 for the benchmark's own processes, over a bare socket. `node:http` would take a fifth of a vend's CPU time,
 * from the two cores on which both servers are measured. One request at a time on each connection, no TLS. Source: RFC
 * 9112.
 */
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";

const END_OF_HEAD = "\r\n\r\n";

/** Parsed request or response: its first line, its headers in lower case, its body. */
export interface Message {
  readonly first: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Starts a server on 127.0.0.1, on a port that the system chooses. @param answer answers one whole request. */
export async function serveBare(
  answer: (request: Message) => Promise<BareAnswer>,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ noDelay: true }, async (socket) => {
    socket.on("error", () => socket.destroy());
    for await (const request of messagesOf(socket)) {
      const { status, headers, body } = await answer(request);
      socket.write(messageText(`HTTP/1.1 ${status} -`, headers, body));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** Connection of one client, which sends a request after the answer to the last one. */
export class BareConnection {
  readonly #socket: Socket;
  readonly #answers: AsyncGenerator<Message>;
  readonly #host: string;

  /** @param url origin of the server, `http://127.0.0.1:4000`. */
  constructor(url: string) {
    const { hostname, port, host } = new URL(url);
    this.#socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
    this.#answers = messagesOf(this.#socket);
    this.#host = host;
  }

  /**
   * Sends a request, a GET where it has no body, and reads the answer.
   * @throws {Error} where the connection ends before the answer.
   */
  async request(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<BareAnswer> {
    const method = body === undefined ? "GET" : "POST";
    this.#socket.write(messageText(`${method} ${path} HTTP/1.1`, { host: this.#host, ...headers }, body ?? ""));
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the connection ended before the answer of ${path}`);
    return { status: Number(value.first.split(" ")[1]), headers: value.headers, body: value.body };
  }

  close(): void {
    this.#socket.destroy();
  }
}

const messageText = (first: string, headers: Readonly<Record<string, string>>, body: string): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${first}\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}${END_OF_HEAD}${body}`;
};

/** Reads the messages of a connection, one by one, until it ends. */
async function* messagesOf(socket: Socket): AsyncGenerator<Message> {
  let read: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    read = read.length === 0 ? (chunk as Buffer) : Buffer.concat([read, chunk as Buffer]);
    for (let found = firstMessage(read); found; found = firstMessage(read)) {
      read = read.subarray(found.length);
      yield found.message;
    }
  }
}

/** Parses the first message in the bytes, with its length. @returns undefined where the message is incomplete. */
function firstMessage(read: Buffer): { readonly message: Message; readonly length: number } | undefined {
  const headEnds = read.indexOf(END_OF_HEAD);
  if (headEnds < 0) return undefined;
  const [first = "", ...lines] = read.toString("latin1", 0, headEnds).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = headEnds + END_OF_HEAD.length;
  if (headers["transfer-encoding"] === "chunked") {
    const whole = wholeChunks(read, start);
    return whole && { message: { first, headers, body: whole.body }, length: whole.ends };
  }
  const ends = start + Number(headers["content-length"] ?? 0);
  return ends > read.length
    ? undefined
    : { message: { first, headers, body: read.toString("utf8", start, ends) }, length: ends };
}

/**
 * Joins the chunks from a place in the bytes; does not read trailers.
 * @returns undefined where the last chunk is missing.
 */
function wholeChunks(read: Buffer, start: number): { readonly body: string; readonly ends: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnds = read.indexOf("\r\n", at);
    if (lineEnds < 0) return undefined;
    const size = Number.parseInt(read.toString("latin1", at, lineEnds), 16);
    const from = lineEnds + 2;
    at = from + size + 2;
    if (!(at <= read.length)) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks).toString(), ends: at };
    chunks.push(read.subarray(from, from + size));
  }
}
