import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPackageDefinition, Server, ServerCredentials, type ServiceDefinition, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jwtSvid } from "../../../../client/identity/spiffe-workload-api.ts";
import { CANARY } from "../fake-valetkey.ts";

const PROTO = loadPackageDefinition(
  loadSync(fileURLToPath(new URL("workload.proto", import.meta.url)), { keepCase: true }),
) as unknown as { SpiffeWorkloadAPI: { service: ServiceDefinition } };

interface Call {
  readonly request: { readonly audience: readonly string[] };
  readonly metadata: { get(name: string): readonly unknown[] };
}
type Answer = (error: { code: number; details?: string } | null, response?: unknown) => void;

let folder: string;
let socket: string;
let server: Server;
let seen: Call[];
let answer: (reply: Answer) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-spiffe-"));
  socket = join(folder, "agent.sock");
  seen = [];
  answer = (reply) => reply(null, { svids: [{ spiffe_id: "spiffe://example.org/agent", svid: CANARY.identity }] });
  server = new Server();
  server.addService(PROTO.SpiffeWorkloadAPI.service, {
    FetchJWTSVID: (call: Call, reply: Answer) => {
      seen.push(call);
      answer(reply);
    },
  });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
});
afterEach(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

describe("a JWT-SVID", () => {
  it("is fetched from a gRPC server for our audience, with the header that the Workload API wants", async () => {
    expect(await jwtSvid(socket, "https://valetkey.example.com")).toBe(CANARY.identity);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.request.audience).toEqual(["https://valetkey.example.com"]);
    expect(seen[0]?.metadata.get("workload.spiffe.io")).toEqual(["true"]);
  });

  it("is the first of several, however long", async () => {
    const long = `${CANARY.identity}${"x".repeat(20_000)}`;
    answer = (reply) =>
      reply(null, { svids: [{ spiffe_id: "spiffe://a/b", svid: long, hint: "h" }, { svid: "other" }] });
    expect(await jwtSvid(socket, "a".repeat(300))).toBe(long);
    expect(seen[0]?.request.audience).toEqual(["a".repeat(300)]);
  });

  it.each([
    [
      "the agent refuses",
      (reply: Answer) => reply({ code: status.PERMISSION_DENIED, details: "CANARY" }),
      /gRPC status 7/,
    ],
    ["there is none", (reply: Answer) => reply(null, { svids: [] }), /without a JWT-SVID/],
    [
      "it has no text",
      (reply: Answer) => reply(null, { svids: [{ spiffe_id: "spiffe://a/b" }] }),
      /without a JWT-SVID/,
    ],
  ])("is reported as missing where %s, and nothing is quoted", async (_, said, sentence) => {
    answer = said;
    const error = await jwtSvid(socket, "aud").catch((reason: Error) => reason);
    expect(error).toMatchObject({ reason: "identity", message: expect.stringMatching(sentence) });
    expect(String(error)).not.toContain("CANARY");
  });

  it("is reported as missing where there is no socket", async () => {
    await expect(jwtSvid(join(folder, "none.sock"), "aud")).rejects.toThrow(/cannot be reached/);
  });

  it.each([
    ["hangs up", undefined],
    ["speaks something else", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ])("is reported as missing where the socket %s", async (_, sentence) => {
    const path = join(folder, "other.sock");
    const other = createServer((connection) => {
      connection.on("error", () => {});
      if (sentence === undefined) connection.destroy();
      else connection.end(sentence);
    });
    await new Promise<void>((resolve) => other.listen(path, resolve));
    await expect(jwtSvid(path, "aud")).rejects.toThrow(/SPIFFE Workload API/);
    other.close();
  });
});
