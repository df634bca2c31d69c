import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { chooseDynamo, type DynamoChoice } from "./dynamo-backends.ts";
import { type DynamoProcess, startDynoxide } from "./dynoxide.ts";
import { inProcessDynamoDb } from "./in-process/in-process-dynamodb.ts";

/** Starts an empty DynamoDB alone, without accounts, signatures and rights, on a free loopback port. */
export async function startDynamo(choice: DynamoChoice = chooseDynamo()): Promise<DynamoProcess> {
  if (choice === "dynoxide") return startDynoxide();
  return choice === "in-process" ? serveInProcess() : { endpoint: choice.endpoint, close: async () => undefined };
}

async function serveInProcess(): Promise<DynamoProcess> {
  const perform = inProcessDynamoDb("000000000000");
  const server = createServer(async (incoming, response) => {
    const target = String(incoming.headers["x-amz-target"]);
    const { status, body } = perform(target.replace("DynamoDB_20120810.", ""), await text(incoming), "us-east-1");
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
