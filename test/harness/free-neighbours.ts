import { freePorts, isListening } from "../../emulator/free-ports.ts";
import { type Ports, portsFrom } from "../../local/ports.ts";

/** Finds consecutive ports for `npm start` that nothing listens on at this moment. */
export async function freeNeighbours(): Promise<Ports> {
  for (;;) {
    const [first = 0] = await freePorts(1);
    const inUse = await Promise.all(Object.values(portsFrom(first)).map(isListening));
    if (!inUse.includes(true)) return portsFrom(first);
  }
}
