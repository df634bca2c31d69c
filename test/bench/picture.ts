import type { Row } from "./row.ts";

/** Figures of the picture, in milliseconds of CPU: whole processes, and parts of a warm vend. */
export interface Pictured {
  readonly emptyMs: number;
  readonly importedMs: number;
  readonly loadedMs: number;
  readonly firstMs: number;
  readonly dependenciesMs: number;
  readonly signatureMs: number;
  readonly cedarMs: number;
  readonly restMs: number;
  readonly bareMs: number;
  readonly warmMs: number;
}
const NAMES: readonly (keyof Pictured)[] = [
  ...(["emptyMs", "importedMs", "loadedMs", "firstMs", "dependenciesMs"] as const),
  ...(["signatureMs", "cedarMs", "restMs", "bareMs", "warmMs"] as const),
];

/** Collects the picture's figures from the rows of a run. @throws {Error} where the run did not measure one. */
export function picturedIn(rows: readonly Row[]): Pictured {
  const known: Readonly<Record<string, number>> = Object.assign({}, ...rows.map(({ figures }) => figures));
  const missing = NAMES.filter((name) => !Number.isFinite(known[name]));
  if (missing.length > 0) throw new Error(`the run did not measure ${missing.join(", ")}: use --only cold,cpu`);
  const text = (name: keyof Pictured): number => Number(known[name]?.toFixed(2));
  return Object.fromEntries(NAMES.map((name) => [name, text(name)])) as Record<keyof Pictured, number>;
}

const WIDTH = 40;

/** Draws the parts of a vend's time: one line a part, each block with its own scale. */
export function pictureOf(of: Pictured): string {
  const cold: readonly Part[] = [
    ["an empty Node process", of.emptyMs],
    ["init: code, Cedar, policies, a proof", of.loadedMs - of.emptyMs],
    ["first request: decision, proof, AWS", of.firstMs - of.loadedMs],
    ["all of a first vend", of.firstMs],
    ["the same dependencies, used once", of.dependenciesMs],
  ];
  const warm: readonly Part[] = [
    ["signature of the token", of.signatureMs],
    ["Cedar", of.cedarMs],
    ["all else in memory", of.restMs],
    ["the bare libraries on the same input", of.bareMs],
    ["with its calls of AWS", of.warmMs],
  ];
  return ["    A first vend of a process", ...bars(cold, 0), "", "    A warm vend", ...bars(warm, 2)].join("\n");
}

type Part = readonly [name: string, ms: number];

function bars(parts: readonly Part[], digits: number): readonly string[] {
  const most = Math.max(...parts.map(([, ms]) => ms));
  const text = (ms: number) => ms.toFixed(digits);
  const widest = Math.max(...parts.map(([, ms]) => text(ms).length));
  return parts.map(([name, ms]) =>
    `      ${name.padEnd(37)} ${text(ms).padStart(widest)} ms  ${"█".repeat(Math.round((WIDTH * Math.max(0, ms)) / most))}`.trimEnd(),
  );
}

const BLOCK = /<!-- picture: (?<figures>\{[\s\S]*?\}) -->\n\n[\s\S]*?\n\n<!-- end of the picture -->/;

const blockOf = (of: Pictured): string =>
  `<!-- picture: ${JSON.stringify(of, null, 2)} -->\n\n${pictureOf(of)}\n\n<!-- end of the picture -->`;

/** Replaces the picture of a page. @throws {Error} where the page has none. */
export function withPicture(page: string, of: Pictured): string {
  if (!BLOCK.test(page)) throw new Error("the page has no picture to replace");
  return page.replace(BLOCK, () => blockOf(of));
}

/** Reads the figures of a page's picture. */
export const figuresOf = (page: string): Pictured => JSON.parse(BLOCK.exec(page)?.groups?.figures ?? "{}") as Pictured;
