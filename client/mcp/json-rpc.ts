import type { Readable, Writable } from "node:stream";
import { recordOf } from "../task/fields.ts";

/** Longest line; bytes. A longer line is skipped. */
const LINE_BYTES = 1_048_576;

/** Error of JSON-RPC 2.0 that the peer gets, by its code. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "RpcError";
    this.code = code;
  }
}

export const CODES = { parse: -32_700, request: -32_600, method: -32_601, params: -32_602, internal: -32_603 } as const;

/** Handler of requests; the signal is aborted where the peer cancels one (`notifications/cancelled`). */
export type Handle = (
  method: string,
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<object>;

/**
 * Serves JSON-RPC 2.0, one message a line, as MCP's stdio transport defines it. Resolves when the input has ended, and rejects where it is destroyed.
 * Both cancel running requests. A cancelled request gets no answer. The answer to a bug has no message of the error, which could quote a secret.
 */
export async function serveJsonRpc(input: Readable, output: Writable, handle: Handle): Promise<void> {
  const running = new Map<string | number, AbortController>();
  const send = (message: object) => void output.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const fail = (id: unknown, code: number, message: string) => send({ id, error: { code, message } });

  const take = (line: string): void => {
    const message = parsed(line);
    if (typeof message === "string") fail(null, message === UNPARSED ? CODES.parse : CODES.request, message);
    else if (message && "requestId" in message) running.get(message.requestId)?.abort();
    else if (message) start(message);
  };
  const start = ({ id, method, params }: Request): void => {
    if (running.has(id)) {
      fail(id, CODES.request, "A request with this id is running.");
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    handle(method, params, controller.signal).then(
      (result) => finish(id, () => send({ id, result })),
      (error: unknown) => finish(id, () => fail(id, ...rpcErrorOf(error))),
    );
  };
  const finish = (id: string | number, answer: () => void): void => {
    const isCancelled = running.get(id)?.signal.aborted;
    running.delete(id);
    if (!isCancelled) answer();
  };

  const tooLong = () => fail(null, CODES.request, `A line may have ${LINE_BYTES} bytes at most.`);
  try {
    for await (const line of linesOf(input, tooLong)) if (line.trim() !== "") take(line);
  } finally {
    for (const controller of running.values()) controller.abort();
  }
}

interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const UNPARSED = "The line is not JSON.";

/** Parses a line: a request, the id of the request to cancel, or a sentence about the fault; undefined for a message that needs nothing. */
function parsed(line: string): Request | { readonly requestId: string | number } | string | undefined {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return UNPARSED;
  }
  const { jsonrpc, id, method, params } = recordOf(message);
  if (Array.isArray(message) || jsonrpc !== "2.0") return "Send one JSON-RPC 2.0 message a line.";
  // Ignores an answer, since this server sends no requests.
  if (method === undefined && isId(id)) return undefined;
  if (typeof method !== "string") return "The message has no method.";
  if (isId(id)) return { id, method, params: recordOf(params) };
  if (id !== undefined) return "The id must be a string or a number.";
  const { requestId } = recordOf(params);
  return method === "notifications/cancelled" && isId(requestId) ? { requestId } : undefined;
}

const isId = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** Returns code and sentence of an error for the peer. Of a bug, the sentence has only the name. */
const rpcErrorOf = (error: unknown): readonly [number, string] =>
  error instanceof RpcError
    ? [error.code, error.message]
    : [CODES.internal, `a bug in valetkey: ${error instanceof Error ? error.name : typeof error}`];

async function* linesOf(input: Readable, onTooLong: () => void): AsyncGenerator<string> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    let rest = Buffer.from(chunk as Buffer);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      bytes += end;
      if (bytes > LINE_BYTES) onTooLong();
      else yield Buffer.concat([...chunks, rest.subarray(0, end)]).toString("utf8");
      [chunks, bytes, rest] = [[], 0, rest.subarray(end + 1)];
    }
    bytes += rest.length;
    if (bytes <= LINE_BYTES) chunks.push(rest);
    else chunks = [];
  }
}
