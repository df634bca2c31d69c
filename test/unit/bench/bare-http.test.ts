import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { BareConnection, type Message, serveBare } from "../../bench/openbao/bare-http.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Starts a bare server that echoes its request. */
async function echoing(): Promise<number> {
  const { server, port } = await serveBare(async ({ first, headers, body }) => ({
    ...{ status: 201, headers: { "x-first": first, "x-asked": headers["x-token"] ?? "" }, body: `${body}, heard` },
  }));
  closing.push(() => server.close());
  return port;
}

describe("the benchmark's own HTTP", () => {
  it("answers a client that knows HTTP", async () => {
    const url = `http://127.0.0.1:${await echoing()}/v1/token`;
    const answer = await fetch(url, { method: "POST", body: "größer", headers: { "X-Token": "one" } });
    expect([answer.status, answer.headers.get("x-first"), answer.headers.get("x-asked")]).toEqual([
      ...[201, "POST /v1/token HTTP/1.1", "one"],
    ]);
    expect(await answer.text()).toBe("größer, heard");
  });

  it.each(["whole", "chunked"])("reads %s answers of a server that knows HTTP, one after the other", async (kind) => {
    const server = createServer((request, response) => {
      response.writeHead(200, { "X-Path": request.url, ...(kind === "whole" ? { "content-length": 10 } : {}) });
      response.write("first");
      setTimeout(() => response.end("later"), 5);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const connection = new BareConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closing.push(() => connection.close());
    for (const path of ["/one", "/two"])
      expect(await connection.request(path, {}, "asked")).toMatchObject({
        ...{ status: 200, headers: { "x-path": path }, body: "firstlater" },
      });
  });

  it("reads a request that arrives byte by byte, and two that arrive at once", async () => {
    const received: Message[] = [];
    const { server, port } = await serveBare(async (request) => {
      received.push(request);
      return { status: 200, headers: {}, body: "" };
    });
    closing.push(() => server.close());
    const socket = connect(port, "127.0.0.1").setNoDelay(true);
    closing.push(() => socket.destroy());
    const text = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nöa";
    for (const byte of Buffer.from(text)) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    socket.write(text + text);
    await expect.poll(() => received.map(({ body }) => body)).toEqual(["öa", "öa", "öa"]);
  });

  it("reports a connection that ends before its answer", async () => {
    const { server, port } = await serveBare(async () => ({ status: 200, headers: {}, body: "" }));
    const connection = new BareConnection(`http://127.0.0.1:${port}`);
    closing.push(() => connection.close());
    await connection.request("/", {});
    connection.close();
    server.close();
    await expect(connection.request("/", {})).rejects.toThrow();
  });
});
