import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wholeAnswer } from "../../../../functions/adapters/http/whole-answer.ts";

/** Server of its own thread, which goes on while the test's thread does nothing. Reports each request, then answers, except at `/never`. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const server = createServer(({ url }, answer) => {
  parentPort.postMessage(url);
  if (url !== "/never") setTimeout(() => answer.end("answer"), 50);
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;

let server: Worker;
let origin = "";
beforeAll(async () => {
  server = new Worker(SERVER, { eval: true });
  const [port] = await once(server, "message");
  origin = `http://127.0.0.1:${port}`;
});
afterAll(() => server.terminate());

const get = (path: string, wholeMs: number) =>
  wholeAnswer(
    { url: new URL(path, origin), method: "GET", headers: {} },
    { connectMs: 10_000, wholeMs, mostBytes: 1_000 },
  );

/** Stops this thread, as a long proof does, or a sandbox that is frozen. */
const stop = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it("takes an answer that arrived while the process was stopped past the bound", async () => {
  const answered = get("/", 3_000);
  await once(server, "message");
  stop(3_100);
  expect((await answered).body.toString()).toBe("answer");
});

it("gives up where no answer has arrived by the bound", async () => {
  await expect(get("/never", 20)).rejects.toMatchObject({ name: "TimeoutError" });
});
