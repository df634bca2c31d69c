/** Process that answers `POST /v1/token` with the deployed bundle of the exchange: its argument is the bundle. It prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Handler = (event: unknown, context: unknown) => Promise<Answer>;

const [, , bundle = ""] = process.argv;
const { handler } = (await import(pathToFileURL(bundle).href)) as { readonly handler: Handler };
const context = { getRemainingTimeInMillis: () => 10_000 };

const server = createServer(async (request, response) => {
  const event = {
    routeKey: "POST /v1/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    rawQueryString: "",
    isBase64Encoded: false,
    requestContext: { requestId: "bench", http: { sourceIp: "203.0.113.7" } },
    body: await text(request),
  };
  const answer = await handler(event, context);
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
});
// Functions log to standard output, so the port goes to standard error.
server.listen(0, "127.0.0.1", () => console.error((server.address() as AddressInfo).port));
