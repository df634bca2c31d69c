import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { freePort, freePorts, freeRow } from "../../../local/emulator/free-ports.ts";

const MODULE = fileURLToPath(new URL("../../../local/emulator/free-ports.ts", import.meta.url));
/** Prints the ports of 20000 to 31999 that another process can claim. */
const CLAIMS = `
import { claim } from ${JSON.stringify(MODULE)};
const ports = process.argv.slice(1).map(Number);
const claims = await Promise.all(ports.map(claim));
console.log(JSON.stringify(ports.filter((_, index) => claims[index] !== undefined)));
`;
/** Ports among `ports` that another process can claim. */
async function claimedElsewhere(ports: readonly number[]): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    CLAIMS,
    "--",
    ...ports.map(String),
  ]);
  return JSON.parse(stdout) as number[];
}

describe("free ports", () => {
  it("are given to one process alone, before anything listens on them", async () => {
    const found = [...(await freePorts(20)), ...(await freeRow(6)), await freePort()];
    expect(new Set(found).size).toBe(27);
    expect(await claimedElsewhere(found)).toEqual([]);
  });

  it("of a row are successive", async () => {
    const [first = 0, ...others] = await freeRow(6);
    expect(others).toEqual([1, 2, 3, 4, 5].map((step) => first + step));
  });

  it("are none on which something listens", async () => {
    const port = await freePort();
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port: taken } = server.address() as { port: number };
    expect(await claimedElsewhere([taken, port])).toEqual([]);
    server.close();
  });
});
