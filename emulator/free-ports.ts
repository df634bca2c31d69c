import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Ports to choose from: below those that an operating system gives out by itself (from 32768 on Linux, 49152
 * elsewhere). An outgoing connection, or a server on port 0, could take a port of that range before its use here.
 */
const RANGE = { first: 20_000, count: 12_000 } as const;

/** Finds different loopback ports on which nothing listens at this moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = RANGE.first + Math.floor(Math.random() * RANGE.count);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/** Finds one free loopback port. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
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
