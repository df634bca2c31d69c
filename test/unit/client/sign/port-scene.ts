import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { openTaskSigning } from "../../../../client/sign/open-signing.ts";
import type { Task } from "../../../../client/task/held-task.ts";

/** Request as the fake AWS or the fake hub got it. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Closers of what the tests of a file have opened. */
export const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Serves on loopback, and records what it gets. */
export async function serving(
  answer: (got: Got) => { status: number; body: string; headers?: Record<string, string> },
) {
  const got: Got[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url = "", headers } = incoming;
    const each = { method, url, headers, body: Buffer.concat(chunks).toString() };
    got.push(each);
    const { status, body, headers: more } = answer(each);
    response.writeHead(status, { "content-type": "application/json", ...more }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return { got, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Headers by which the fake hub signs. */
export const HEADERS = [
  ["authorization", "AWS4-HMAC-SHA256 Credential=the-hub"],
  ["x-amz-date", "20261203T120000Z"],
];
/** Answer of the fake hub that has a signature. */
export const SIGNED = { status: 200, body: JSON.stringify({ headers: HEADERS, expires_at: "2027-01-01T00:00:00Z" }) };

/** A command's ports, with a fake hub and a fake AWS. */
export async function scene(hubAnswers: Parameters<typeof serving>[0] = () => SIGNED) {
  const aws = await serving(() => ({ status: 200, body: "{}", headers: { "x-amz-request-id": "one" } }));
  const hub = await serving(hubAnswers);
  const endpoints = [
    { service: "s3", variable: "AWS_ENDPOINT_URL_S3", host: "s3.{region}.amazonaws.com" },
    { service: "dynamodb", variable: "AWS_ENDPOINT_URL_DYNAMODB", host: "dynamodb.{region}.amazonaws.com" },
  ];
  const session = { region: "eu-central-1", expiresAtMs: Date.now() + 120_000 };
  const task: Task = {
    ...{ id: "k7f3m2q9x4ab_", token: "vk_token", status: "active", expiresAtMs: Date.now() + 900_000 },
    ...{ credentials: [], issued: [] },
    signed: [
      { name: "aws-0", account: "111122223333", ...session, endpoints },
      { name: "aws-1", account: "222233334444", ...session, endpoints: endpoints.slice(0, 1) },
    ],
  };
  const signing = await openTaskSigning(hub.origin, task, { AWS_ENDPOINT_URL: aws.origin });
  closing.push(() => signing.close());
  return { aws, hub, signing };
}
