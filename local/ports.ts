import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** Fixed, so that what is pasted today still works tomorrow. Loopback only. */
export const PORTS = { api: 4565, aws: 4566, issuers: 4567, people: 4568, database: 4569 } as const;

export const API_URL = `http://127.0.0.1:${PORTS.api}`;

/** Ports that nothing listens on at this moment; all are held until the last is found, so that they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
