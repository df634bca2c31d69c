import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attack, Control } from "../../client/audit/controls/control.ts";
import type { ReadFile } from "./faults.ts";
import { runTests } from "./run-tests.ts";
import { partsOf, resultsOf } from "./test-results.ts";

/** Run in which an attack's mechanism was switched off, and the test was red. */
export interface SeenRed {
  readonly id: string;
  readonly test: string;
  /** SHA-256 of the attack's name and switch. */
  readonly attack: string;
  /** SHA-256 of the attack, the test's file and the mechanism's file, as they were in the run. */
  readonly sha256: string;
  /** Day of the run, `2026-11-27`. */
  readonly on: string;
}

const sha256 = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

export const attackHash = ({ test, without }: Attack): string => sha256(test, without);

/** Hashes an attack with the text of its test and of its mechanism: a change of either calls for another run. */
export const contentHash = (attack: Attack, read: ReadFile): string =>
  sha256(attackHash(attack), read(partsOf(attack.test).file), read(attack.without.file));

/** Attack with the id of its control. */
export interface Named {
  readonly id: string;
  readonly attack: Attack;
}

/** Lists the attacks, with the ids of their controls. */
export const attacksIn = (controls: readonly Control[]): readonly Named[] =>
  controls.flatMap(({ id, attacks }) => attacks.map((attack) => ({ id, attack })));

/** Lists the attacks that no run has seen red, and the runs of attacks that no longer exist. */
export function unseen(controls: readonly Control[], seen: readonly SeenRed[]): readonly string[] {
  const attacks = attacksIn(controls);
  const isSeen = ({ attack }: Named) => seen.some((each) => each.attack === attackHash(attack));
  const isThere = (each: SeenRed) => attacks.some(({ attack }) => attackHash(attack) === each.attack);
  return [
    ...attacks.flatMap((each) =>
      isSeen(each)
        ? []
        : [`${each.id}: nobody has seen "${each.attack.test}" red; run npm run evidence -- --sensitivity.`],
    ),
    ...seen.flatMap((each) =>
      isThere(each) ? [] : [`${each.id}: "${each.test}" was seen red, and has changed since.`],
    ),
  ];
}

/** Lists the attacks whose test or mechanism has changed since they were seen red. */
export const dueAttacks = (controls: readonly Control[], seen: readonly SeenRed[], read: ReadFile): readonly Named[] =>
  attacksIn(controls).filter(({ attack }) => {
    const hash = contentHash(attack, read);
    return !seen.some((each) => each.sha256 === hash);
  });

/** Folders that are not copied for the runs, since no checkout has them. */
const LEFT_OUT = new Set([".git", "node_modules", "reports", "build", "cdk.out", ".venv", ".stryker-tmp"]);

/** Copies the repository into a temporary folder, in which mechanisms are switched off. */
export function copyRepository(root: string): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-evidence-"));
  cpSync(root, folder, {
    recursive: true,
    filter: (from) => !LEFT_OUT.has(from.slice(root.length).replaceAll("\\", "/").split("/")[0] ?? ""),
  });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs an attack in the copy, first with unchanged code and then with its mechanism switched off.
 * @returns a fault, unless the first run passes and the second has a test that failed.
 */
export async function switchOff({ test, without }: Attack, folder: string): Promise<string | undefined> {
  const file = join(folder, without.file);
  const whole = readFileSync(file, "utf8");
  const before = await statusesOf(test, folder);
  if (before.length === 0 || before.some((status) => status !== "passed")) return "does not pass as the code is.";
  // The replacement is a function, since `$` has a meaning in a replacement's text.
  writeFileSync(
    file,
    whole.replace(without.find, () => without.put),
  );
  try {
    const after = await statusesOf(test, folder);
    if (after.length === 0) return "does not run with the mechanism switched off: the switch breaks the code.";
    return after.includes("failed") ? undefined : "passes though the mechanism is switched off.";
  } finally {
    writeFileSync(file, whole);
  }
}

const statusesOf = async (test: string, folder: string): Promise<readonly string[]> =>
  resultsOf(test, await runTests([test], folder)).map(({ status }) => status);
