import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { RpcError, serveJsonRpc } from "../../../../client/mcp/json-rpc.ts";

/** Sends lines to a server that echoes, and returns what it answers. */
async function answersTo(...lines: readonly (string | Buffer)[]): Promise<readonly unknown[]> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveJsonRpc(input, output, async (method, params) => {
    if (method === "slow") await pause(20);
    if (method === "bug") throw new TypeError("a secret stands here");
    if (method === "refuse") throw new RpcError(-32_602, "no");
    return { method, params };
  });
  for (const line of lines) input.write(line);
  await pause(40);
  input.end();
  await served;
  await new Promise((resolve) => setImmediate(resolve));
  output.end();
  const text = (await output.toArray()).join("");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const error = (code: number, id: unknown = null) => [
  expect.objectContaining({ id, error: expect.objectContaining({ code }) }),
];

const rows: readonly (readonly [string, string, number])[] = [
  ["no JSON", "{", -32_700],
  ["another version", '{"jsonrpc":"1.0","id":1,"method":"a"}', -32_600],
  ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"a"}]', -32_600],
  ["a text", '"a"', -32_600],
  ["no method and no id", '{"jsonrpc":"2.0"}', -32_600],
  ["a method that is no text", '{"jsonrpc":"2.0","id":1.5e999,"method":{}}', -32_600],
  ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"a"}', -32_600],
  ["a line that is too long", `{"jsonrpc":"2.0","id":1,"method":"${"a".repeat(1_100_000)}"}`, -32_600],
];
it.each(rows)("answers %s with an error, and goes on", async (_, line, code) => {
  const next = '{"jsonrpc":"2.0","id":2,"method":"a"}\n';
  expect(await answersTo(`${line}\n`, next)).toEqual([...error(code), expect.objectContaining({ id: 2 })]);
});

it("answers requests, and neither notifications nor answers", async () => {
  const lines = [
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\n',
    '{"jsonrpc":"2.0","id":7,"result":{}}\n',
    '\n{"jsonrpc":"2.0","id":"a","method":"x","params":{"b":1}}\n',
  ];
  expect(await answersTo(...lines)).toEqual([{ jsonrpc: "2.0", id: "a", result: { method: "x", params: { b: 1 } } }]);
});

it("reads a line that comes in pieces, in the middle of a character", async () => {
  const whole = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"é"}\n');
  const cut = whole.indexOf(0xc3) + 1;
  expect(await answersTo(whole.subarray(0, cut), whole.subarray(cut))).toMatchObject([{ result: { method: "é" } }]);
});

it("reports the name alone of a bug, and the sentence of a refusal", async () => {
  expect(await answersTo('{"jsonrpc":"2.0","id":1,"method":"bug"}\n')).toMatchObject([
    { error: { code: -32_603, message: "a bug in valetkey: TypeError" } },
  ]);
  expect(await answersTo('{"jsonrpc":"2.0","id":1,"method":"refuse"}\n')).toMatchObject([{ error: { message: "no" } }]);
});

it("refuses a second request with the id of one that runs", async () => {
  const line = '{"jsonrpc":"2.0","id":1,"method":"slow"}\n';
  expect(await answersTo(line + line)).toEqual([...error(-32_600, 1), expect.objectContaining({ id: 1 })]);
});

it("answers no request that the peer has cancelled, though its work goes on to its end", async () => {
  const slow = '{"jsonrpc":"2.0","id":1,"method":"slow"}\n';
  const cancel = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\n';
  const next = '{"jsonrpc":"2.0","id":2,"method":"slow"}\n';
  expect(await answersTo(slow, cancel, next)).toMatchObject([{ id: 2 }]);
});
