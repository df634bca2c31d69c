import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Writes the types of modules, and of all modules that they import, below a folder. Does not check them: `npm run check` does.
 * @param modules paths from the root of the repository.
 */
export function declareTypes(modules: readonly string[], into: string): void {
  const options = [
    ...["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--outDir", into, "--rootDir", ROOT],
    ...["--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--rewriteRelativeImportExtensions"],
    ...["--target", "es2024", "--module", "nodenext", "--types", "node", "--resolveJsonModule", "--noCheck"],
  ];
  execFileSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, "--ignoreConfig", ...options, ...modules], {
    stdio: "inherit",
    cwd: ROOT,
  });
}
