import { Agent as HttpsAgent } from "node:https";
import { type Answer, http, NoAnswer, wholeAnswer } from "../http/whole-answer.ts";
import { AwsFault } from "./aws-fault.ts";

export type { Answer };

/** Bounds of one attempt; milliseconds. */
export interface Bounds {
  readonly connectMs: number;
  /** Time from the start to the last byte of the answer. */
  readonly wholeMs: number;
}

/** Upper bound on an answer; bytes. AWS's own bound on a page of DynamoDB is 1 MB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Persistent connections of one process, at most as many as the SDK opens. */
const PERSISTENT = { keepAlive: true, maxSockets: 50 } as const;
const AGENTS = { "http:": new http.Agent(PERSISTENT), "https:": new HttpsAgent(PERSISTENT) } as const;

/** Posts a body and returns the answer, whatever its status. @throws {AwsFault} TimeoutError, or the system's code, where no answer came. */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  bounds: Bounds,
): Promise<Answer> {
  const sized = { ...headers, "content-length": String(Buffer.byteLength(body)) };
  try {
    return await wholeAnswer(
      { url, method: "POST", headers: sized, body, agents: AGENTS },
      { ...bounds, mostBytes: MOST_BYTES },
    );
  } catch (error) {
    throw error instanceof NoAnswer ? new AwsFault(error.name) : error;
  }
}
