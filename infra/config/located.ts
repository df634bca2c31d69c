import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import type { Fault, Path } from "./fault.ts";

/** Text of YAML or JSON, with the place of each value. */
export interface Located {
  /** Content; undefined where the text cannot be parsed. */
  readonly value: unknown;
  /** Faults of the text itself, such as a repeated member. */
  readonly faults: readonly Fault[];
  /** Makes a fault at a path: at the value, or at the nearest existing value above it. */
  readonly at: (path: Path, message: string, level?: Fault["level"]) => Fault;
  /** Makes a fault at the name of a member. */
  readonly atName: (path: Path, message: string) => Fault;
}

/** Parses a path with dots, such as `operators.0.subject`. */
export const pathIn = (place: string): Path =>
  place.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** Parses YAML, of which JSON is a part, with the place of each value. Refuses aliases, by which a small file could become a huge one. */
export function located(text: string, file: string): Located {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faultAt = (offset: number, message: string, level: Fault["level"] = "error"): Fault => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), level, message };
  };
  const faults = document.errors.map(({ pos, message }) => faultAt(pos[0], firstLine(message)));
  const offsetOf = (path: Path): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const range = rangeOf(document.getIn(path.slice(0, length), true));
      if (range) return range;
    }
    return rangeOf(document.contents) ?? 0;
  };
  return {
    value: faults.length > 0 ? undefined : contentOf(document, faults, faultAt),
    faults,
    at: (path, message, level) => faultAt(offsetOf(path), message, level),
    atName: (path, message) => faultAt(nameOffset(document.contents, path) ?? offsetOf(path), message),
  };
}

function contentOf(
  document: ReturnType<typeof parseDocument>,
  faults: Fault[],
  faultAt: (offset: number, message: string) => Fault,
): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    faults.push(faultAt(0, "aliases (*name) are not supported: write out their values"));
    return undefined;
  }
}

const firstLine = (message: string): string => message.split("\n")[0] ?? "";

const rangeOf = (node: unknown): number | undefined => (node as ParsedNode | undefined)?.range?.[0];

function nameOffset(root: unknown, path: Path): number | undefined {
  const name = path.at(-1);
  let node: unknown = root;
  for (const step of path.slice(0, -1))
    node = isMap(node) || isSeq(node) ? (node.get(step, true) as Node | undefined) : undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === name);
  return rangeOf(pair?.key);
}
