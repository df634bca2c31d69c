import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PartContent, partHash, type ReachPart, type ReachParts } from "./reach-parts.ts";
import { isPartWithin } from "./within.ts";

/** Content of `threat-baseline.json`: parts that people have accepted, by their names. The file proves nothing about who accepted them. */
export interface Baseline {
  readonly format: typeof FORMAT;
  readonly parts: Readonly<Record<string, readonly PartContent[]>>;
}

const FORMAT = "valetkey.threat-baseline/2";
/** Form of an earlier version, whose hashes no current model has. */
const EARLIER = "valetkey.threat-baseline/1";

/** Names the file of the baseline beside a configuration. */
export const baselineFile = (configFile: string): string => join(dirname(configFile), "threat-baseline.json");

/** Reads the baseline; an empty one where there is no file. @throws {Error} for a file of another form. */
export function readBaseline(file: string): Baseline {
  const text = textIn(file);
  if (text === undefined) return { format: FORMAT, parts: {} };
  const read = parsed(text, file);
  if (isBaseline(read)) return read;
  if (isRecord(read) && read.format === EARLIER) return { format: FORMAT, parts: {} };
  throw new Error(`${file} is not of the form ${FORMAT}: write it by npx valetkey threat-model baseline`);
}

/**
 * Adds to each part the hashes of accepted parts of the same name that provably contain it. A part that is gone is an
 * empty one, which lies within each that cut nothing from other parts.
 */
export const withProven = (parts: ReachParts["parts"], baseline: Baseline): ReachParts["parts"] =>
  Object.fromEntries(
    [...new Set([...Object.keys(parts), ...Object.keys(baseline.parts)])].toSorted().flatMap((name) => {
      const part = (Object.hasOwn(parts, name) ? parts[name] : undefined) ?? GONE;
      const earlier = Object.hasOwn(baseline.parts, name) ? (baseline.parts[name] ?? []) : [];
      const within = earlier.filter((accepted) => isPartWithin(part, accepted)).map(partHash);
      const others = [...new Set(within)].filter((hash) => hash !== part.sha256).toSorted();
      if (others.length === 0) return part === GONE ? [] : [[name, part]];
      return [[name, { ...part, within: others }]];
    }),
  );

const NOTHING: PartContent = {
  reach: { permits: [], except: [], sometimes: [], groups: {} },
  cuts: { except: [], sometimes: [], groups: {} },
  facts: {},
};
const GONE: ReachPart = { ...NOTHING, sha256: partHash(NOTHING), connectors: [] };

/** Adds the accepted parts to a baseline. @returns the baseline, and the names of the new parts. */
export function withAccepted(baseline: Baseline, parts: ReachParts["parts"], accepted: ReadonlySet<string>) {
  const fresh = Object.entries(parts).filter(
    ([name, { sha256 }]) =>
      accepted.has(sha256) && !(baseline.parts[name] ?? []).some((earlier) => partHash(earlier) === sha256),
  );
  const added = fresh.map(
    ([name, { reach, cuts, facts }]) => [name, [...(baseline.parts[name] ?? []), { reach, cuts, facts }]] as const,
  );
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
    throw new Error(`${file} is not JSON: write it by npx valetkey threat-model baseline`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): boolean =>
  isRecord(value) &&
  isTexts(value.actions) &&
  typeof value.on === "string" &&
  isRecords(value.where) &&
  (value.given === undefined || isRecords(value.given));

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === "string");
const isRecords = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

const isReach = (value: unknown): boolean =>
  isRecord(value) &&
  Array.isArray(value.permits) &&
  value.permits.every(
    (each) => isEntry(each) && isRecord(each.needs) && (each.accounts === undefined || isTexts(each.accounts)),
  ) &&
  isExcluding(value);

const isExcluding = (value: unknown): boolean =>
  isRecord(value) &&
  [value.except, value.sometimes].every((each) => Array.isArray(each) && each.every(isEntry)) &&
  isRecord(value.groups);

const isPart = (value: unknown): boolean =>
  isRecord(value) &&
  isReach(value.reach) &&
  isExcluding(value.cuts) &&
  isRecord(value.facts) &&
  Object.values(value.facts).every(isRecord);

const isBaseline = (value: unknown): value is Baseline =>
  isRecord(value) &&
  value.format === FORMAT &&
  isRecord(value.parts) &&
  Object.values(value.parts).every((each) => Array.isArray(each) && each.every(isPart));
