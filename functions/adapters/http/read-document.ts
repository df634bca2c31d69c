import { ONCE } from "./bounded-fetch.ts";
import { type Answer, wholeAnswer } from "./whole-answer.ts";

/** Reads a document at a URL that the deployment or an issuer named. */
export type ReadDocument = (url: URL) => Promise<Pick<Answer, "status" | "body">>;

/**
 * Makes a reader of small public documents, which follows no redirect and closes the connection. The time to the last
 * byte and the size are bounded.
 * @param wholeMs milliseconds.
 */
export const readDocument =
  (wholeMs: number, mostBytes: number): ReadDocument =>
  (url) =>
    wholeAnswer(
      { url, method: "GET", headers: { accept: "application/json", "accept-encoding": "identity", ...ONCE } },
      { connectMs: wholeMs, wholeMs, mostBytes },
    );
