import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Reach, reachHash } from "./reach-of.ts";
import type { ReachParts } from "./reach-parts.ts";
import { isWithin } from "./within.ts";

/** Content of `threat-baseline.json`: reaches that people have accepted, by the name of their part. The file proves nothing about who accepted them. */
export interface Baseline {
  readonly format: "valetkey.threat-baseline/1";
  readonly parts: Readonly<Record<string, readonly Reach[]>>;
}

const FORMAT = "valetkey.threat-baseline/1";

/** Names the file of the baseline beside a configuration. */
export const baselineFile = (configFile: string): string => join(dirname(configFile), "threat-baseline.json");

/** Reads the baseline; an empty one where there is no file. @throws {Error} for a file of another form. */
export function readBaseline(file: string): Baseline {
  const text = textIn(file);
  if (text === undefined) return { format: FORMAT, parts: {} };
  const read = parsed(text, file);
  if (isBaseline(read)) return read;
  throw new Error(`${file} is not of the form ${FORMAT}: write it by valetkey threat-model baseline`);
}

/** Adds to each part the hashes of accepted reaches of the same name that provably contain it. */
export const withProven = (parts: ReachParts["parts"], baseline: Baseline): ReachParts["parts"] =>
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      const earlier = Object.hasOwn(baseline.parts, name) ? (baseline.parts[name] ?? []) : [];
      const within = earlier.filter((reach) => isWithin(part.reach, reach)).map(reachHash);
      const others = [...new Set(within)].filter((hash) => hash !== part.sha256).toSorted();
      return [name, others.length === 0 ? part : { ...part, within: others }];
    }),
  );

/** Adds the accepted parts to a baseline. @returns the baseline, and the names of the new parts. */
export function withAccepted(baseline: Baseline, parts: ReachParts["parts"], accepted: ReadonlySet<string>) {
  const fresh = Object.entries(parts).filter(
    ([name, { sha256 }]) =>
      accepted.has(sha256) && !(baseline.parts[name] ?? []).some((reach) => reachHash(reach) === sha256),
  );
  const added = fresh.map(([name, { reach }]) => [name, [...(baseline.parts[name] ?? []), reach]] as const);
  const all = [...Object.entries(baseline.parts), ...added].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    baseline: { format: FORMAT, parts: Object.fromEntries(all) } satisfies Baseline,
    names: fresh.map(([name]) => name),
  };
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON: write it by valetkey threat-model baseline`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): boolean =>
  isRecord(value) && isTexts(value.actions) && typeof value.on === "string" && isRecords(value.where);

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === "string");
const isRecords = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

const isReach = (value: unknown): boolean =>
  isRecord(value) &&
  Array.isArray(value.permits) &&
  value.permits.every(
    (each) => isEntry(each) && isRecord(each.needs) && (each.accounts === undefined || isTexts(each.accounts)),
  ) &&
  Array.isArray(value.except) &&
  value.except.every(isEntry) &&
  isRecord(value.groups);

const isBaseline = (value: unknown): value is Baseline =>
  isRecord(value) &&
  value.format === FORMAT &&
  isRecord(value.parts) &&
  Object.values(value.parts).every((each) => Array.isArray(each) && each.every(isReach));
