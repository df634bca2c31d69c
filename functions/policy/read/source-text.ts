/** Place in a file. Line and column count from 1, the column in UTF-16 units, as editors do. */
export interface Spot {
  /** Path as the caller named it, relative or not. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Computes the place of an offset in UTF-16 units. */
export const spotAt = (file: string, text: string, offset: number): Spot => new SourceFile(file, text).spotAt(offset);

/** A file's text. Its lines are counted once for all places, since a file may hold thousands of policies. */
export class SourceFile {
  /** Path as the caller named it. */
  readonly path: string;
  readonly text: string;
  /** Offset of each line's first character; absent before the first place. */
  #lines: readonly number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Computes the place of an offset in UTF-16 units. */
  spotAt(offset: number): Spot {
    this.#lines ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    const within = Math.min(offset, this.text.length);
    let [line, beyond] = [0, this.#lines.length];
    while (beyond - line > 1) {
      const middle = Math.floor((line + beyond) / 2);
      if ((this.#lines[middle] ?? 0) <= within) line = middle;
      else beyond = middle;
    }
    return { file: this.path, line: line + 1, column: within - (this.#lines[line] ?? 0) + 1 };
  }
}

/** Converts an offset in bytes, which Cedar counts, to UTF-16 units. */
export const offsetOfByte = (text: string, byte: number): number =>
  Buffer.from(text, "utf8").subarray(0, byte).toString("utf8").length;

const blank = (found: string): string => " ".repeat(found.length);

/** Replaces every comment with spaces, so that all offsets stay the same. A comment ends with its line (also at `\r`). */
const withoutComments = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*/g, (found) => (found.startsWith("/") ? blank(found) : found));

/** Replaces every comment and every string with spaces, so that all offsets stay the same. */
const withoutStrings = (text: string): string => withoutComments(text).replace(/"(?:[^"\\]|\\.)*"/g, blank);

/** Lists the policies and templates in a file that Cedar parses, in their order. Each ends with a semicolon. */
export const policiesIn = (file: SourceFile): readonly PolicyText[] =>
  [...withoutStrings(file.text).matchAll(/[^\s\u0085;][^;]*;/g)].map(
    ({ index, 0: { length } }) => new PolicyText(file, index, file.text.slice(index, index + length)),
  );

/** Text of a policy, with its place in the file. */
export class PolicyText {
  readonly text: string;
  readonly #file: SourceFile;
  readonly #start: number;

  constructor(file: SourceFile, start: number, text: string) {
    this.text = text;
    this.#file = file;
    this.#start = start;
  }

  /** Path of the file, as the caller named it. */
  get file(): string {
    return this.#file.path;
  }

  /** @param offset within the policy. */
  spot(offset = 0): Spot {
    return this.#file.spotAt(this.#start + offset);
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
    return this.spot(Math.max(0, withoutStrings(this.text).search(new RegExp(`@\\s*${name}\\b`))));
  }

  /** Finds the n-th `resource.arn` or `resource.tags`; the policy's beginning where there are not exactly `count` of them. */
  spotOfUnknown(index: number, count: number): Spot {
    const places = [...withoutComments(this.text).matchAll(UNKNOWN)].filter(([found]) => found.startsWith("resource"));
    return this.spot(places.length === count ? places[index]?.index : 0);
  }
}

const UNKNOWN = /"(?:[^"\\]|\\.)*"|\bresource\s*(?:\.\s*(?:arn|tags)\b|\[\s*"(?:arn|tags)"\s*\])/g;
