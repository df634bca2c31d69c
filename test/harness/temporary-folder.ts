import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a run a temporary folder of its own, and removes it with everything that the tests have left there. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-run-"));
  // A run as root starts PostgreSQL as another user, who needs access to a folder in it.
  chmodSync(folder, 0o711);
  for (const name of ["TMPDIR", "TMP", "TEMP"]) process.env[name] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
