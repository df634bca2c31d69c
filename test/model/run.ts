import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Checked, check, findSpin } from "./spin.ts";
import { modelHashes, TRACES, type Traces } from "./traces.ts";
import {
  type ModelName,
  VARIANT_NAMES,
  VARIANTS,
  type Variant,
  type VariantName,
  WORLDS,
  type World,
} from "./variants.ts";

const HELP = `npm run model -- [--required] [--traces] [--json]

Checks the models of revocation and of labels (docs/model) with Spin: each world, which must have no error, and in one
of which each line of its model must be reached, then each variant without one guard, which must have a counterexample. Spin is the one on the PATH, or
Debian's package, unpacked under build/model. Exits with 1 where a check fails.

  --required  exits with 69 where Spin or gcc cannot be had; otherwise the check is left out
  --traces    writes the counterexamples to docs/model/traces.json, from which a test replays them
  --json      the last line is JSON
`;

/** Exit code where a program cannot be had (EX_UNAVAILABLE of sysexits.h). */
const UNAVAILABLE = 69;

const { values } = parseArgs({
  options: {
    required: { type: "boolean", default: false },
    traces: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const found = findSpin();
if ("missing" in found) {
  process.stdout.write(`LEFT OUT: the checked models need ${found.missing}\n`);
  process.exit(values.required ? UNAVAILABLE : 0);
}

const { spin } = found;
const failures: string[] = [];
const results: (Omit<Checked, "steps" | "unreached"> & { readonly of: string; readonly steps: number })[] = [];
const unreached = new Map<ModelName, readonly string[]>();
for (const [world, model] of Object.entries(WORLDS) as [World, ModelName][]) {
  const checked = check(spin, world, world, [], false);
  report(world.toLowerCase(), checked, "no error");
  const before = unreached.get(model) ?? checked.unreached;
  unreached.set(
    model,
    before.filter((step) => checked.unreached.includes(step)),
  );
  if (checked.steps) failures.push(`${world}: ${checked.fault}\n  ${checked.steps.join("\n  ")}`);
}
for (const [model, lines] of unreached)
  if (lines.length > 0) failures.push(`no world of ${model} reaches these lines: ${lines.join(", ")}`);
const counterexamples = VARIANT_NAMES.map((name) => [name, checkVariant(name, VARIANTS[name])] as const);

const seconds = results.reduce((sum, each) => sum + each.seconds, 0);
const states = results.reduce((sum, each) => sum + each.states, 0);
process.stdout.write(`\n${states.toLocaleString("en")} states in ${seconds.toFixed(1)} s\n`);
for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`);
if (values.traces && failures.length === 0) {
  const traces = { models: modelHashes(), variants: Object.fromEntries(counterexamples) as Traces["variants"] };
  writeFileSync(TRACES, `${JSON.stringify(traces, undefined, 2)}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify({ isSound: failures.length === 0, results })}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Checks a variant. @returns its counterexample. */
function checkVariant(
  name: VariantName,
  { world, without, within, violates, is }: Variant,
): Traces["variants"][VariantName] {
  const checked = check(spin, name, world, [without, ...(within ? [within] : [])], true);
  report(name, checked, `${violates} (${is})`);
  if (checked.fault !== violates) failures.push(`${name}: ${checked.fault ?? "no error"} instead of ${violates}`);
  return { world, violates, steps: checked.steps ?? [] };
}

function report(of: string, { steps = [], unreached: _, ...checked }: Checked, wanted: string): void {
  results.push({ of, ...checked, steps: steps.length });
  const outcome = steps.length > 0 ? `${checked.fault} after ${steps.length} steps` : "no error";
  const [count, took] = [checked.states.toLocaleString("en").padStart(10), checked.seconds.toFixed(1).padStart(5)];
  process.stdout.write(`${of.padEnd(21)}${count} states ${took} s  ${outcome}; wanted: ${wanted}\n`);
}
