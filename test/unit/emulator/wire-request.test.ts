import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { readWireRequest } from "../../../local/emulator/wire-request.ts";

const MIB = 1024 * 1024;

const requestOf = (chunks: Iterable<Buffer>): IncomingMessage =>
  Object.assign(Readable.from(chunks), {
    method: "POST",
    url: "/",
    headers: {},
    socket: { remoteAddress: "127.0.0.1" },
  }) as unknown as IncomingMessage;

it("a request is read with its whole body", async () => {
  const { body } = await readWireRequest(requestOf([Buffer.from("one, "), Buffer.from("two")]));
  expect(body.toString()).toBe("one, two");
});

it("a body of 64 MiB is taken, and one more byte is refused", async () => {
  const most = Array.from({ length: 64 }, () => Buffer.alloc(MIB));
  // Compares the length: a failure would print the body.
  const lengthOf = async (chunks: Iterable<Buffer>) => (await readWireRequest(requestOf(chunks))).body.length;
  expect(await lengthOf(most)).toBe(64 * MIB);
  await expect(lengthOf([...most, Buffer.alloc(1)])).rejects.toMatchObject({ code: "EntityTooLarge" });
});

it("a request that breaks off is refused", async () => {
  const broken = requestOf([Buffer.from("one")]);
  broken.destroy(new Error("aborted"));
  await expect(readWireRequest(broken)).rejects.toThrow("aborted");
});
