import { parentPort } from "node:worker_threads";
import { startTinyAws } from "../cold/tiny-aws.ts";

/** Endpoint of the tiny AWS, in its own thread: its CPU time must not count as the caller's. */
const { endpoint } = await startTinyAws([
  {
    pk: { S: "TASK#x" },
    sk: { S: "x" },
    purpose: { S: "Summarise the reports of this week" },
    agent: { S: "reporter" },
  },
]);
parentPort?.postMessage(endpoint);
