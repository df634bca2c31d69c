/** Process that answers as STS does, after 20 ms, and as Secrets Manager, at once. It prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ASSUMED, SEALING_TEXT } from "../cold/tiny-aws.ts";

const STS_MS = 20;

const server = createServer(async (request, response) => {
  await text(request);
  if (request.headers["x-amz-target"] !== undefined) return void response.end(SEALING_TEXT);
  await sleep(STS_MS);
  response.writeHead(200, { "content-type": "text/xml" }).end(ASSUMED);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
