/** Process that answers as STS after 20 ms, and as Secrets Manager at once. Prints its port. */
import { setTimeout as sleep } from "node:timers/promises";
import { ASSUMED, SEALING_TEXT } from "../cold/tiny-aws.ts";
import { serveBare } from "./bare-http.ts";

const STS_MS = 20;

const { port } = await serveBare(async ({ headers }) => {
  if (headers["x-amz-target"] !== undefined) return { status: 200, headers: {}, body: SEALING_TEXT };
  await sleep(STS_MS);
  return { status: 200, headers: { "content-type": "text/xml" }, body: ASSUMED };
});
console.log(port);
