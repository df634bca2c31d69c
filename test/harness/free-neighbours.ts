import { freeRow } from "../../local/emulator/free-ports.ts";
import { type Ports, portsFrom } from "../../local/ports.ts";

/** Finds successive ports for `npm start`. */
export async function freeNeighbours(): Promise<Ports> {
  const [first = 0] = await freeRow(Object.keys(portsFrom(0)).length);
  return portsFrom(first);
}
