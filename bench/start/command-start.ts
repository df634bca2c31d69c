import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { buildClient } from "../../scripts/build-client.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";

const RUNS = 21;
const TARGET = 1.5;

/**
 * Measures the packaged command's time to its output, and compares it with an idle Node. Both run in turn, so that the
 * machine's noise affects both alike.
 */
export async function commandStart(run: Run): Promise<readonly Row[]> {
  const folder = join(run.workDir, "package");
  run.say("building the package");
  await buildClient(folder);
  const bin = join(folder, "bin", "valetkey.mjs");
  const lines = { node: ["-e", "0"], version: [bin, "--version"], help: [bin, "help"] } as const;
  const millis: Record<keyof typeof lines, number[]> = { node: [], version: [], help: [] };
  run.say(`starting each of three commands ${RUNS} times`);
  for (let round = 0; round < RUNS; round += 1)
    for (const name of ["node", "version", "help"] as const) millis[name].push(await started(lines[name]));
  const [node, version, help] = [median(millis.node), median(millis.version), median(millis.help)];
  const ratio = Math.max(version, help) / node;
  return [
    {
      name: "valetkey --version and valetkey help, packaged",
      measured: `${ratio.toFixed(2)} x node -e 0 (${node.toFixed(0)} ms; ${version.toFixed(0)} and ${help.toFixed(0)} ms)`,
      target: `<= ${TARGET} x`,
      verdict: verdict(ratio <= TARGET),
      notes: [`medians of ${RUNS} starts of each, by turns`],
      figures: { ratio, nodeMs: node, versionMs: version, helpMs: help },
    },
  ];
}

async function started(args: readonly string[]): Promise<number> {
  const beganAtMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - beganAtMs;
}
