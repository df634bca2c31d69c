import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Ports to choose from: below those that an operating system gives out by itself (from 32768 on Linux, 49152
 * elsewhere). An outgoing connection, or a server on port 0, could take a port of that range before its use here.
 */
const RANGE = { first: 20_000, count: 12_000 } as const;
/** Time for which no other caller, in any process of this machine, gets a port that was found; milliseconds. */
const CLAIM_MS = 120_000;

/** Finds different loopback ports on which nothing listens, and which no other process has just found. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  while (found.length < count) found.push(...(await freeRow(1)));
  return found;
}

/** Finds one free loopback port. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freeRow(1);
  return port;
}

/** Finds successive loopback ports, as `freePorts` does. */
export async function freeRow(count: number): Promise<readonly number[]> {
  for (;;) {
    const first = RANGE.first + Math.floor(Math.random() * (RANGE.count - count));
    const row = Array.from({ length: count }, (_, index) => first + index);
    const claims = await Promise.all(row.map(claim));
    if (!claims.includes(undefined)) return row;
    for (const release of claims) release?.();
  }
}

/**
 * Claims a port on which nothing listens. The claim is a UDP socket of the same number: the operating system gives it
 * to one process, and takes it back when that process ends.
 * @returns function that gives the claim back, or undefined where another process has the port.
 */
export async function claim(port: number): Promise<(() => void) | undefined> {
  const socket = createSocket("udp4").unref();
  const isOurs = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => resolve(true));
  });
  const release = () => socket.close();
  if (isOurs && (await isFree(port))) {
    const expiry = setTimeout(release, CLAIM_MS).unref();
    return () => {
      clearTimeout(expiry);
      release();
    };
  }
  release();
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}

/** Resolves with true where something accepts connections at the loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
