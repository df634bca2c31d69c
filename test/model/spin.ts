import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modelPath } from "./traces.ts";
import { WORLDS, type World } from "./variants.ts";

const BUILT = fileURLToPath(new URL("../../build/model/", import.meta.url));
const UNPACKED = join(BUILT, "debian/usr/bin/spin");

/** Result of checking one world of a model, or one variant. */
export interface Checked {
  readonly states: number;
  readonly seconds: number;
  /** Steps of the counterexample; absent where the checker found none. */
  readonly steps?: readonly string[];
  /** Property that the counterexample violates. */
  readonly fault?: string;
  /** Steps of the model that no run reaches, e.g. `Vend:229`: the process and the line. */
  readonly unreached: readonly string[];
}

const answers = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

/**
 * Finds Spin on the PATH, or fetches Debian's package and unpacks it under build/, which needs no privilege.
 * @returns Spin's program, or the program that is missing.
 */
export function findSpin(): { readonly spin: string } | { readonly missing: string } {
  if (!answers("gcc", ["--version"])) return { missing: "gcc" };
  const installed = ["spin", UNPACKED].find((program) => answers(program, ["-V"]));
  if (installed) return { spin: installed };
  const folder = join(BUILT, "debian");
  mkdirSync(folder, { recursive: true });
  spawnSync("apt-get", ["download", "spin"], { cwd: folder, stdio: "ignore" });
  const [archive] = readdirSync(folder).filter((name) => name.endsWith(".deb"));
  if (archive) spawnSync("dpkg", ["-x", archive, "."], { cwd: folder, stdio: "ignore" });
  return existsSync(UNPACKED) && answers(UNPACKED, ["-V"]) ? { spin: UNPACKED } : { missing: "spin" };
}

/**
 * Checks a world with some switches of its model.
 * @param isShortest true to search in breadth: the counterexample is then one of the shortest.
 * @throws {Error} where the model does not compile, or the checker does not come to an end.
 */
export function check(
  spin: string,
  name: string,
  world: World,
  switches: readonly string[],
  isShortest: boolean,
): Checked {
  const model = WORLDS[world];
  const cwd = join(BUILT, name);
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  const defined = [world, ...switches].map((each) => `-D${each}`);
  const startedAtMs = performance.now();
  output(spin, [...defined, "-a", modelPath(model)], cwd);
  output(
    "gcc",
    [isShortest ? "-O0" : "-O2", "-w", "-DSAFETY", ...(isShortest ? ["-DBFS"] : []), "-o", "pan", "pan.c"],
    cwd,
  );
  // Processes of the model may wait forever (-E). The table of states begins with 2^22 places.
  const printed = output("./pan", ["-E", "-m100000", "-w22"], cwd);
  const [, errors] = /errors: (\d+)/.exec(printed) ?? [];
  const [, states] = /(\d+) states, stored/.exec(printed) ?? [];
  if (states === undefined || (errors === "0" && printed.includes("not completed")) || !/^[01]$/.test(errors ?? ""))
    throw new Error(`${name}: the search did not come to an end\n${printed.slice(0, 2_000)}`);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const checked = { states: Number(states), seconds, unreached: unreachedIn(printed) };
  if (errors === "0") return checked;
  const trail = output(spin, [...defined, "-k", `${model}.pml.trail`, "-T", modelPath(model)], cwd);
  const lines = trail.split("\n").map((line) => line.trim());
  const fault = lines.find((line) => line.startsWith("FAULT "))?.slice("FAULT ".length);
  const steps = lines.filter((line) => line.startsWith("STEP ")).map((line) => line.slice("STEP ".length));
  return { ...checked, steps, ...(fault === undefined ? {} : { fault }) };
}

/** Lists what the checker prints as unreached, without the ends of processes that wait forever. */
function unreachedIn(printed: string): readonly string[] {
  const [, ...processes] = printed.split(/^unreached in /m);
  return processes.flatMap((text) => {
    const [, process = ""] = /^(?:proctype )?(\w+)/.exec(text) ?? [];
    return [...text.matchAll(/\.pml:(\d+), state \d+, "(?!-end-)/g)].map(([, line]) => `${process}:${line}`);
  });
}

/** Runs a program, and returns what it prints. @throws {Error} where it fails, with what it printed. */
function output(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024 });
  if (status !== 0) throw new Error(`${program} ended with ${status}\n${stdout}${stderr}`.slice(0, 4_000));
  return stdout;
}
