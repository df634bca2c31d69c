import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attack, Control, SwitchOff } from "./control.ts";
import { runTests } from "./run-tests.ts";
import { resultsOf } from "./test-results.ts";

/** Run in which an attack's mechanism was switched off, and the test was red. */
export interface SeenRed {
  readonly id: string;
  readonly test: string;
  /** SHA-256 of the attack with its switch. A changed switch needs another run. */
  readonly sha256: string;
  /** Day of the run, `2026-11-27`. */
  readonly on: string;
}

/** Attack with the switch that turns it red. */
type Switched = Attack & { readonly without: SwitchOff };

export const attackHash = ({ test, without }: Attack): string =>
  createHash("sha256")
    .update(JSON.stringify([test, without]))
    .digest("hex");

/** Lists the attacks whose switch no run has tried, and the runs of attacks that no longer exist. */
export function unseen(controls: readonly Control[], seen: readonly SeenRed[]): readonly string[] {
  const attacks = switchedIn(controls);
  const isSeen = ({ attack }: { attack: Attack }) => seen.some(({ sha256 }) => sha256 === attackHash(attack));
  const isThere = ({ sha256 }: SeenRed) => attacks.some(({ attack }) => attackHash(attack) === sha256);
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

/** Lists the attacks that have a switch, with the ids of their controls. */
export const switchedIn = (
  controls: readonly Control[],
): readonly { readonly id: string; readonly attack: Switched }[] =>
  controls.flatMap(({ id, attacks }) =>
    attacks.flatMap(({ test, without }) => (without ? [{ id, attack: { test, without } }] : [])),
  );

/** Folders that are not copied for the runs, since no checkout has them. */
const LEFT_OUT = new Set([".git", "node_modules", "reports", "build", "cdk.out", "coverage", ".venv", ".stryker-tmp"]);

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
export async function switchOff({ test, without }: Switched, folder: string): Promise<string | undefined> {
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
