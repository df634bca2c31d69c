import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startApiServer } from "../../../local/api-server.ts";
import { startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";
import { targetOf } from "../../../local/target-of.ts";

const seen: { routeKey: string; rawPath: string }[] = [];
const host = {
  invoke: async (event: unknown) => {
    seen.push(event as (typeof seen)[number]);
    return { statusCode: 404, headers: {}, body: "{}" };
  },
  close: async () => undefined,
};

/** The status line that the raw request line is answered with. */
const answerTo = async (port: number, line: string): Promise<string> =>
  (await wholeAnswerTo(port, line)).split("\r\n")[0] ?? "";

const wholeAnswerTo = (port: number, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
    socket.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });

const ports: Record<string, number> = {};
const close: (() => unknown)[] = [];
beforeAll(async () => {
  const api = await startApiServer(0, { exchange: host });
  const issuer = await startOidcIssuer({ port: 0, audience: "a" });
  ports.api = (api.address() as AddressInfo).port;
  ports.issuer = Number(new URL(issuer.issuer).port);
  close.push(
    () => api.close(),
    () => issuer.close(),
  );
});
afterAll(() => Promise.all(close.map((each) => each())));

it("an address that is too long is refused with a sentence", async () => {
  const whole = await wholeAnswerTo(ports.api ?? 0, `GET /v1/tasks?after=${"x".repeat(20_000)}`);
  const [head = "", body = ""] = whole.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1.1 431 .*content-type: application\/json/s);
  expect(JSON.parse(body)).toEqual({ message: "The address and the headers are too long: send less in the query." });
});

describe("I10: a target that is no path", () => {
  it.each([
    ["api", "GET http://["],
    ["api", "GET *"],
    ["api", "OPTIONS *"],
    ["api", "GET ftp://127.0.0.1/"],
    ["issuer", "GET http://["],
    ["issuer", "GET *"],
  ])("is refused by the %s with 400, and no stack is written: %s", async (server, line) => {
    const complaints = [vi.spyOn(process.stderr, "write"), vi.spyOn(console, "error")];
    for (const each of complaints) each.mockImplementation((() => true) as never);
    expect(await answerTo(ports[server] ?? 0, line)).toBe("HTTP/1.1 400 Bad Request");
    for (const each of complaints) expect(each).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it.each(["//", "//evil.example/v1/token", "///", "//?x", "/%zz"])(
    "a path with an empty segment is a path, and no other host: %s",
    async (path) => {
      seen.length = 0;
      expect(await answerTo(ports.api ?? 0, `GET ${path}`)).toMatch(/^HTTP\/1.1 404/);
      expect(seen).toMatchObject([{ routeKey: "$default", rawPath: path.split("?")[0] }]);
      expect(await answerTo(ports.issuer ?? 0, `GET ${path}`)).toMatch(/^HTTP\/1.1 404/);
      expect(targetOf(path)?.host).toBe("127.0.0.1");
    },
  );
});
