import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoopbackServer, listen } from "../../loopback-server.ts";
import { type Called, callClient, startCall } from "./call-client.ts";
import { FakeValetkey, inSeconds, opened, type Reply } from "./fake-valetkey.ts";
import { IDENTITY } from "./run-client.ts";

let valetkey: FakeValetkey;
let aws: LoopbackServer;
let folder: string;
let running: Called | undefined;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  valetkey.exchange = () => signedTask();
  valetkey.other = () => SIGNED;
  aws = await listen((_, response) => void response.end("week,orders\n"));
  folder = mkdtempSync(join(tmpdir(), "valetkey-serve-sign-"));
});
afterEach(async () => {
  running?.kill("SIGTERM");
  await running?.ended;
  running = undefined;
  await Promise.all([valetkey.stop(), aws.close()]);
  rmSync(folder, { recursive: true });
});

const SIGNED: Reply = {
  status: 200,
  body: { headers: [["authorization", "AWS4-HMAC-SHA256 Credential=the-hub"]], expires_at: inSeconds(120) },
};
const refusal = (status: number, code: string, sentence: string): Reply => ({
  ...{ status, body: { error: "access_denied", code, error_description: sentence } },
});

const signedTask = (): Reply =>
  opened({
    credentials: [
      {
        ...{ type: "aws-sign", name: "aws-0", account: "111122223333", region: "eu-west-1" },
        endpoints: [{ service: "s3", variable: "AWS_ENDPOINT_URL_S3", host: "s3.{region}.amazonaws.com" }],
        expires_at: inSeconds(120),
      },
    ],
  });

const command = (...more: string[]) => [
  ...["serve", "--url", valetkey.url, "--purpose", "p", "--account", "111122223333", "--json"],
  ...["--allow", "s3:GetObject=arn:aws:s3:::acme-data/*", "--token-out", join(folder, "token"), ...more],
];

type Variables = Readonly<Record<string, string>>;

/** Starts it, and returns the variables that it prints. */
async function served(...more: string[]): Promise<Variables> {
  running = startCall(command(...more), { ...IDENTITY, AWS_ENDPOINT_URL: aws.url });
  return JSON.parse(await running.said('"serving"')) as Variables;
}

/** Reads an object as a program with the printed variables does. */
async function read(variables: Variables): Promise<string> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_ENDPOINT_URL_S3: endpoint = "" } = variables;
  const answer = await fetch(uri, { headers: { authorization: readFileSync(join(folder, "token"), "utf8") } });
  const keys = (await answer.json()) as Record<"AccessKeyId" | "SecretAccessKey" | "Token", string>;
  const client = new S3Client({
    ...{ endpoint, region: "eu-west-1", forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey, sessionToken: keys.Token },
  });
  return client.send(new GetObjectCommand({ Bucket: "acme-data", Key: "weekly.csv" })).then(
    ({ Body }) => Body?.transformToString() ?? "",
    ({ message }: Error) => message,
  );
}

describe("valetkey serve --sign", () => {
  it("serves programs that have no key, and prints the variables that they need", async () => {
    const variables = await served("--sign");
    expect(valetkey.of("POST", "/v1/token")[0]?.body).toContain("deliver=sign");
    expect(await read(variables)).toBe("week,orders\n");
    expect(await running?.said('"serving"')).not.toMatch(/CANARY|vk_/);
  });

  it("works where policy has the hub sign, without the option", async () => {
    expect(await read(await served())).toBe("week,orders\n");
  });

  it("has the ports of services behind the given port", async () => {
    const { port } = await freePort();
    const variables = await served("--port", String(port));
    expect(
      Object.entries(variables).flatMap(([name, value]) => (/URI|URL/.test(name) ? [`${name} ${value}`] : [])),
    ).toEqual([
      `AWS_CONTAINER_CREDENTIALS_FULL_URI http://127.0.0.1:${port}/aws-0`,
      `AWS_ENDPOINT_URL http://127.0.0.1:${port + 1}`,
      `AWS_ENDPOINT_URL_S3 http://127.0.0.1:${port + 2}`,
    ]);
  });

  it("ends its task where one of the ports is taken, and leaves none open", async () => {
    const { port, server } = await freePort(true);
    const { code, stderr } = await callClient(command("--port", String(port - 1)), IDENTITY);
    server?.close();
    expect([code, stderr]).toEqual([64, expect.stringContaining(`port ${port - 1}, or on one of those after it`)]);
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it.each(["task_ended", "task_token_invalid"])("opens the next task where this one is over: %s", async (code) => {
    const variables = await served();
    valetkey.other = () =>
      valetkey.of("POST", "/v1/token").length > 1 ? SIGNED : refusal(403, code, "The task has ended.");
    expect(await read(variables)).toBe("week,orders\n");
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(2);
  });

  it("passes on a refusal of the request alone, and opens no task for it", async () => {
    const variables = await served();
    valetkey.other = () => refusal(403, "call_refused", "Policy forbids this call.");
    expect(await read(variables)).toBe("Policy forbids this call.");
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(1);
  });

  it("opens no task after task where each is refused at once", async () => {
    const variables = await served();
    valetkey.other = () => refusal(403, "task_ended", "The task has ended.");
    for (const _ of [1, 2, 3]) expect(await read(variables)).toBe("The task has ended.");
    expect(valetkey.of("POST", "/v1/token")).toHaveLength(2);
  });
});

/** Finds a port with some free ones behind it; listens there where it is to be taken. */
async function freePort(isTaken = false) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  if (isTaken) return { port, server };
  await new Promise((resolve) => server.close(resolve));
  return { port, server: undefined };
}
