import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { post } from "../../../functions/adapters/aws/post.ts";
import { CERTIFICATE, KEY } from "./loopback-certificate.ts";

const BOUNDS = { connectMs: 1_000, wholeMs: 60_000 };
const KNOWN = getCACertificates("default");

let server: Server;
/** Server that accepts connections and never speaks TLS. */
let mute: TcpServer;
let handshakes = 0;
beforeAll(async () => {
  server = createServer({ cert: CERTIFICATE, key: KEY }, (_, response) => response.end("over TLS"));
  server.on("secureConnection", () => {
    handshakes += 1;
  });
  mute = createTcpServer(() => undefined);
  for (const each of [server, mute]) {
    each.listen(0, "127.0.0.1");
    await once(each, "listening");
  }
});
afterAll(async () => {
  setDefaultCACertificates(KNOWN);
  server.closeAllConnections();
  for (const each of [server, mute]) each.close();
});

const postTo = (to: Server | TcpServer) =>
  post(new URL(`https://localhost:${(to.address() as AddressInfo).port}`), { host: "localhost" }, "{}", BOUNDS).then(
    ({ body }) => body.toString(),
    (error: Error) => error.name,
  );

it("TLS: nothing is sent to a server whose certificate the process does not trust", async () => {
  expect(await postTo(server)).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});

it("TLS: a trusted server is called, and its connection is kept open", async () => {
  setDefaultCACertificates([...KNOWN, CERTIFICATE]);
  const before = handshakes;
  for (let call = 0; call < 4; call += 1) expect(await postTo(server)).toBe("over TLS");
  expect(handshakes - before).toBe(1);
});

it("TLS: a slow handshake is given up, long before the total time limit", async () => {
  const beganAtMs = performance.now();
  expect(await postTo(mute)).toBe("TimeoutError");
  expect(performance.now() - beganAtMs).toBeLessThan(30_000);
});
