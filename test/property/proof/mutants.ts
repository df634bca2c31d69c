import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CORE = fileURLToPath(new URL("../../../functions/core/", import.meta.url));

/** A mistake in the validator as a change of its source. The seed makes the property detect it early. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly seed: number;
}

/**
 * Mistakes that a validator of this kind invites. The prototype made the first two, this validator the third. Only
 * every call of a small world shows them.
 */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "a search that found something is remembered as one that found nothing": {
    file: "search.ts",
    from: "seen.add(at);",
    to: "seen.add(at); this.#empty.add(at);",
    seed: 2,
  },
  "only each literal of a key and one other value are tried": {
    file: "key-values.ts",
    from: "return [...found.values()];",
    to: "return [...found.values()].filter(({ isIn }) => isIn.filter(Boolean).length < 2);",
    seed: 23,
  },
  "calls that a service makes are not proven separately": {
    file: "situations.ts",
    from: 'isRead("aws:viaawsservice")',
    to: "false",
    seed: 4,
  },
};

/**
 * Corrections of the validator, each taken out: without it the validator proves texts wrongly that no compiler writes.
 */
export const TAKEN_OUT: Readonly<Record<string, Mutant>> = {
  "an ARN that lacks parts names nothing": {
    file: "iam-pattern.ts",
    from: "const lacksParts = isIncomplete(text);",
    to: "const lacksParts = isIncomplete(text); if (lacksParts) return literal(text);",
    seed: 1,
  },
  "an action without resources is proven for * alone": {
    file: "text-allows.ts",
    from: 'if (text === "*") return TRUE;',
    to: 'return text === "*" ? TRUE : FALSE;',
    seed: 3,
  },
  "a forbid that errs for another reason than a missing tag does not count": {
    file: "cedar-policy.ts",
    from: "diagram.or(holds, fails, ",
    to: "diagram.or(holds, ",
    seed: 1,
  },
  "calls that a service makes are not proven separately": {
    file: "situations.ts",
    from: 'isRead("aws:viaawsservice")',
    to: "false",
    seed: 1,
  },
};

/**
 * Makes a copy of the validator with the mistake in it. @throws {RangeError} where the source does not contain the text
 * to change.
 */
export async function validatorWith({ file, from, to }: Mutant) {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-mutant-"));
  try {
    cpSync(join(CORE, "proof"), join(folder, "proof"), { recursive: true });
    symlinkSync(join(CORE, "catalogue"), join(folder, "catalogue"));
    const path = join(folder, "proof", file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(from)) throw new RangeError(`${file} does not hold ${from}`);
    writeFileSync(path, source.replace(from, to));
    const { prove, emptyCache }: typeof import("../../../functions/core/proof/prove.ts") = await import(
      pathToFileURL(join(folder, "proof", "prove.ts")).href
    );
    return { prove, emptyCache };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
