import { parentPort } from "node:worker_threads";
import { startTinyAws } from "../cold/tiny-aws.ts";

/** Thread of the stand-in for AWS, so that its CPU time is not the caller's: posts its endpoint, then answers. */
const { endpoint } = await startTinyAws([
  {
    pk: { S: "TASK#x" },
    sk: { S: "x" },
    purpose: { S: "Summarise the reports of this week" },
    agent: { S: "reporter" },
  },
]);
parentPort?.postMessage(endpoint);
