import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FIRST_PORT, portsFrom } from "./ports.ts";

/** Writes the local configuration with other ports. @returns the new file. */
export function moveConfig(from: string, to: string, firstPort: number): string {
  const known = new Set(Object.values(portsFrom(FIRST_PORT)));
  const moved = (port: string) => (known.has(Number(port)) ? String(Number(port) - FIRST_PORT + firstPort) : port);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, readFileSync(from, "utf8").replace(/\b\d{4}\b/g, moved));
  return to;
}
