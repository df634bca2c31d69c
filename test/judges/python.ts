import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.ts";

/** Folder of what judges install and write; not in git. */
export const BUILT = fileURLToPath(new URL("../../build/judges/", import.meta.url));

/**
 * Returns the path of a program in a virtual environment with the packages of a judge's `requirements.txt`, each by its hash, and no others. Installs them where
 * that was not done yet for these very requirements.
 */
export function programOf(judge: string, program = "python"): string {
  const requirements = fileURLToPath(new URL(`${judge}/requirements.txt`, import.meta.url));
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(BUILT, `${judge}-${hash}`);
  const installed = join(folder, "installed");
  if (!existsSync(installed)) {
    process.stdout.write(`installing ${judge}'s packages, once\n`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(BUILT, { recursive: true });
    install("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"];
    install(join(folder, "bin", "python"), [...pip, "-r", requirements]);
    writeFileSync(installed, "");
  }
  return join(folder, "bin", program);
}
