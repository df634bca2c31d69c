import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CORE = fileURLToPath(new URL("../../../functions/core/", import.meta.url));

/** A mistake in the validator, as a change of its source, and the seed with which the property sees it early. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly seed: number;
}

/** Mistakes that a validator of this kind invites: the prototype made the first two, this one the third, and only every call of a small world shows them. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  "a search that found something is remembered as one that found nothing": {
    file: "search.ts",
    from: "seen.add(at);",
    to: "seen.add(at); this.#empty.add(at);",
    seed: 2,
  },
  "of a key each literal and one other value are tried": {
    file: "key-values.ts",
    from: "return [...found.values()];",
    to: "return [...found.values()].filter(({ isIn }) => isIn.filter(Boolean).length < 2);",
    seed: 23,
  },
  "calls that a service makes are no situation of their own": {
    file: "situations.ts",
    from: 'isRead("aws:viaawsservice")',
    to: "false",
    seed: 4,
  },
};

/** Mends of the validator, taken out: false proofs of texts that no compiler writes. */
export const TAKEN_OUT: Readonly<Record<string, Mutant>> = {
  "an ARN that lacks parts names nothing": {
    file: "iam-pattern.ts",
    from: "const lacksParts = isIncomplete(text);",
    to: "const lacksParts = isIncomplete(text); if (lacksParts) return literal(text);",
    seed: 1,
  },
  "an action without resources is asked about * alone": {
    file: "text-allows.ts",
    from: 'if (text === "*") return TRUE;',
    to: 'return text === "*" ? TRUE : FALSE;',
    seed: 3,
  },
  "a forbid that fails for another reason than a missing tag does not count": {
    file: "cedar-policy.ts",
    from: "diagram.or(holds, fails, ",
    to: "diagram.or(holds, ",
    seed: 1,
  },
  "calls that a service makes are no situation of their own": {
    file: "situations.ts",
    from: 'isRead("aws:viaawsservice")',
    to: "false",
    seed: 1,
  },
};

/** A copy of the validator with the mistake in it. @throws {RangeError} where the source does not hold what is to be changed. */
export async function validatorWith({ file, from, to }: Mutant) {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-mutant-"));
  try {
    cpSync(join(CORE, "proof"), join(folder, "proof"), { recursive: true });
    symlinkSync(join(CORE, "catalogue"), join(folder, "catalogue"));
    const path = join(folder, "proof", file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(from)) throw new RangeError(`${file} does not hold ${from}`);
    writeFileSync(path, source.replace(from, to));
    const { prove, nothingKept }: typeof import("../../../functions/core/proof/prove.ts") = await import(
      pathToFileURL(join(folder, "proof", "prove.ts")).href
    );
    return { prove, nothingKept };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
