import { connect, createServer, type Server, type Socket } from "node:net";

/** A wire to a server on loopback. The wire can be cut, or be so slow that nothing arrives any more. */
export interface FaultyWire {
  readonly port: number;
  /** Sets the state from now on. `mute`: requests still arrive, and no answer comes back. */
  become(state: "well" | "cut" | "slow" | "mute"): void;
  close(): Promise<void>;
}

export async function faultyWire(to: number): Promise<FaultyWire> {
  let state: "well" | "cut" | "slow" | "mute" = "well";
  const open = new Set<Socket>();
  const server: Server = createServer((near) => {
    if (state === "cut") return near.destroy();
    const far = connect(to, "127.0.0.1");
    for (const [from, into, isAnswer] of [
      [near, far, false],
      [far, near, true],
    ] as const) {
      open.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        open.delete(from);
        into.destroy();
      });
      from.on("data", (bytes) => {
        const isLost = state === "slow" || (state === "mute" && isAnswer);
        if (!isLost && !into.destroyed) into.write(bytes);
      });
      from.on("end", () => into.end());
    }
    return undefined;
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    become: (next) => {
      state = next;
      if (next === "cut") for (const socket of open) socket.destroy();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
