/** Place in a file. Line and column count from 1, the column in UTF-16 units, as editors do. */
export interface Spot {
  /** Path as the caller named it, relative or not. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Computes the place of an offset in UTF-16 units. */
export function spotAt(file: string, text: string, offset: number): Spot {
  const before = text.slice(0, offset);
  return { file, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}

/** Converts an offset in bytes, which Cedar counts, to UTF-16 units. */
export const offsetOfByte = (text: string, byte: number): number =>
  Buffer.from(text, "utf8").subarray(0, byte).toString("utf8").length;

/** Replaces every comment with spaces, so that all offsets stay the same. */
export const withoutComments = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (found) => (found.startsWith("/") ? " ".repeat(found.length) : found));

/** Text of a policy, with its place in the file. */
export class PolicyText {
  readonly file: string;
  readonly text: string;
  readonly #whole: string;
  readonly #start: number;

  constructor(file: string, whole: string, start: number, text: string) {
    this.file = file;
    this.text = text;
    this.#whole = whole;
    this.#start = start;
  }

  /** @param offset within the policy. */
  spot(offset = 0): Spot {
    return spotAt(this.file, this.#whole, this.#start + offset);
  }

  spotOfByte(byte: number): Spot {
    return this.spot(offsetOfByte(this.text, byte));
  }

  /** Finds the text, comments aside; the policy's beginning where it does not occur. */
  spotOf(text: string): Spot {
    return this.spot(Math.max(0, withoutComments(this.text).indexOf(text)));
  }

  /** Finds the text's first match, comments aside; the policy's beginning where there is none. */
  spotOfMatch(pattern: RegExp): Spot {
    return this.spot(Math.max(0, withoutComments(this.text).search(pattern)));
  }

  spotOfAction(name: string): Spot {
    return this.spotOf(`Action::"${name}"`);
  }

  spotOfAnnotation(name: string): Spot {
    const head = withoutComments(this.text).replace(/"(?:[^"\\]|\\.)*"/g, (found) => " ".repeat(found.length));
    return this.spot(Math.max(0, head.search(new RegExp(`@\\s*${name}\\b`))));
  }

  /** Finds the n-th `resource.arn` or `resource.tags`; the policy's beginning where there are not exactly `count` of them. */
  spotOfUnknown(index: number, count: number): Spot {
    const places = [...withoutComments(this.text).matchAll(UNKNOWN)].filter(([found]) => found.startsWith("resource"));
    return this.spot(places.length === count ? places[index]?.index : 0);
  }
}

const UNKNOWN = /"(?:[^"\\]|\\.)*"|\bresource\s*(?:\.\s*(?:arn|tags)\b|\[\s*"(?:arn|tags)"\s*\])/g;
