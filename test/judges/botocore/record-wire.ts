import { appendFileSync } from "node:fs";
import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import { Sessions } from "../../../local/emulator/sessions.ts";

// Preloaded (`node --import`): records each signed request to AWS that a server of this process answers, and each key that the embedded AWS
// issues, as lines of JSON in the file of VALETKEY_WIRE. Nothing else of the process changes.

const file = process.env.VALETKEY_WIRE ?? "";
const write = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

const asBuffer = (chunk: unknown): Buffer | undefined =>
  typeof chunk === "string" ? Buffer.from(chunk) : chunk instanceof Uint8Array ? Buffer.from(chunk) : undefined;

function record(request: IncomingMessage, response: ServerResponse): void {
  const [asked, answered]: [Buffer[], Buffer[]] = [[], []];
  const keep = (into: Buffer[], chunk: unknown): void => {
    const bytes = asBuffer(chunk);
    if (bytes) into.push(bytes);
  };
  const { push } = request;
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    keep(asked, chunk);
    return push.call(request, chunk, encoding);
  };
  for (const name of ["write", "end"] as const) {
    const original = response[name] as (...given: unknown[]) => unknown;
    Object.assign(response, {
      [name]: (...given: unknown[]) => {
        keep(answered, given[0]);
        return original.apply(response, given);
      },
    });
  }
  response.once("finish", () => {
    write({
      method: request.method,
      url: request.url,
      headers: request.rawHeaders,
      body: Buffer.concat(asked).toString("base64"),
      status: response.statusCode,
      answerHeaders: response.getHeaders(),
      answer: Buffer.concat(answered).toString("base64"),
    });
  });
}

const emit: (this: Server, event: string, ...given: unknown[]) => boolean = Server.prototype.emit;
Server.prototype.emit = function (this: Server, event: string, ...given: unknown[]): boolean {
  const [request, response] = given as [IncomingMessage, ServerResponse];
  if (event === "request" && request.headers.authorization?.startsWith("AWS4-HMAC-SHA256")) record(request, response);
  return emit.call(this, event, ...given);
};

const { issue } = Sessions.prototype;
Sessions.prototype.issue = function (this: Sessions, ...given: Parameters<typeof issue>): ReturnType<typeof issue> {
  const session = issue.apply(this, given);
  const { accessKeyId, secretAccessKey } = session.credentials;
  write({ accessKeyId, secretAccessKey });
  return session;
};
