/**
 * Process that answers `POST /v1/token` by the deployed bundle of the exchange, and prints its port. The argument is
 * the bundle.
 */
import { pathToFileURL } from "node:url";
import { serveBare } from "./bare-http.ts";

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Handler = (event: unknown, context: unknown) => Promise<Answer>;

const [, , bundle = ""] = process.argv;
const { handler } = (await import(pathToFileURL(bundle).href)) as { readonly handler: Handler };
const context = { getRemainingTimeInMillis: () => 10_000 };

const { port } = await serveBare(async ({ body }) => {
  const event = {
    routeKey: "POST /v1/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    rawQueryString: "",
    isBase64Encoded: false,
    requestContext: { requestId: "bench", http: { sourceIp: "203.0.113.7" } },
    body,
  };
  const { statusCode, headers, body: answered } = await handler(event, context);
  return { status: statusCode, headers, body: answered };
});
// Functions log to standard output, so the port goes to standard error.
console.error(port);
