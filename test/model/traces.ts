import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ModelName, type VariantName, WORLDS } from "./variants.ts";

/** Returns the path of a model. */
export const modelPath = (model: ModelName): string =>
  fileURLToPath(new URL(`../../docs/model/${model}.pml`, import.meta.url));

/** Path of the counterexamples that `npm run model -- --traces` wrote. */
export const TRACES = fileURLToPath(new URL("../../docs/model/traces.json", import.meta.url));

/** Counterexamples of the models' variants. */
export interface Traces {
  /** SHA-256 of each model, in hex. */
  readonly models: Readonly<Record<ModelName, string>>;
  readonly variants: Readonly<
    Record<VariantName, { readonly world: string; readonly violates: string; readonly steps: readonly string[] }>
  >;
}

/** One step of a counterexample. */
export interface Step {
  /** Time of the step in ticks. */
  readonly now: number;
  readonly actor: string;
  readonly does: string;
  /** Choices of the step, e.g. `task`, `at`, `cut`. */
  readonly with: Readonly<Record<string, string>>;
}

/** Computes the SHA-256 of each model, in hex. */
export const modelHashes = (): Traces["models"] =>
  Object.fromEntries(
    Object.values(WORLDS).map((model) => [
      model,
      createHash("sha256")
        .update(readFileSync(modelPath(model)))
        .digest("hex"),
    ]),
  ) as Traces["models"];

export const readTraces = (): Traces => JSON.parse(readFileSync(TRACES, "utf8")) as Traces;

/**
 * Reads a step as the model prints it.
 * @throws {Error} for a line that is no step.
 * @example stepOf("4 renew records task=1") // { now: 4, actor: "renew", does: "records", with: { task: "1" } }
 */
export function stepOf(line: string): Step {
  const [now = "", actor, ...words] = line.split(" ");
  if (!/^\d+$/.test(now) || actor === undefined) throw new Error(`no step: ${line}`);
  const does = words.filter((word) => !word.includes("=")).join(" ");
  const choices = words.filter((word) => word.includes("=")).map((word) => word.split("=", 2) as [string, string]);
  return { now: Number(now), actor, does, with: Object.fromEntries(choices) };
}
