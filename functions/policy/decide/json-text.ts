import { Problem } from "../problem.ts";
import { type Spot, spotAt } from "../read/source-text.ts";

/** Text of JSON with the place of each value. `JSON.parse` gives no places, and often none of an error. */
export class JsonText {
  readonly value: unknown;
  readonly #name: string;
  readonly #text: string;
  /** Places by path: `cases[0].agent`; the whole is `""`. */
  readonly #offsets: ReadonlyMap<string, number>;

  /**
   * @param name of the file, or of the option that holds it.
   * @throws {Problem} with line and column, where it is no JSON.
   */
  constructor(name: string, text: string) {
    this.#name = name;
    this.#text = text;
    const scanned = scan(text);
    if (typeof scanned === "number")
      throw new Problem(`${placeText(spotAt(name, text, scanned))}: this is not JSON: ${foundAt(text, scanned)}`);
    this.#offsets = scanned;
    this.value = JSON.parse(text);
  }

  /** Returns the place of the value at the path, or of the nearest value around it. */
  spot(path: string): Spot {
    for (let at = path; at !== ""; at = at.replace(/(?:\.[^.[]*|\[\d+\]|[^.[\]]+)$/, "")) {
      const offset = this.#offsets.get(at);
      if (offset !== undefined) return spotAt(this.#name, this.#text, offset);
    }
    return spotAt(this.#name, this.#text, this.#offsets.get("") ?? 0);
  }

  /** `work.cases.json:3:7` */
  where(path: string): string {
    return placeText(this.spot(path));
  }
}

const placeText = ({ file, line, column }: Spot): string => `${file}:${line}:${column}`;

const foundAt = (text: string, offset: number): string =>
  offset < text.length ? `unexpected ${JSON.stringify(text[offset])}` : "it ends too early";

const SPACE = /[ \t\n\r]*/y;
// Begins at the space, since JSON must escape control characters.
const STRING = /"(?:(?!["\\])[ -\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Returns the place of each value, or the offset at which the text stops being JSON (RFC 8259). */
function scan(text: string): ReadonlyMap<string, number> | number {
  const offsets = new Map<string, number>();
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  const takes = (character: string): boolean => {
    take(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  /** Reads members with the given function, until the bracket closes. */
  const members = (close: string, member: (index: number) => boolean): boolean => {
    if (takes(close)) return true;
    for (let index = 0; ; index += 1) {
      if (!member(index)) return false;
      if (takes(close)) return true;
      if (!takes(",")) return false;
    }
  };
  const value = (path: string): boolean => {
    take(SPACE);
    offsets.set(path, at);
    if (takes("{"))
      return members("}", () => {
        take(SPACE);
        const name = take(STRING);
        return (
          name !== undefined && takes(":") && value(path === "" ? JSON.parse(name) : `${path}.${JSON.parse(name)}`)
        );
      });
    if (takes("[")) return members("]", (index) => value(`${path}[${index}]`));
    return (take(STRING) ?? take(WORD)) !== undefined;
  };
  const isWhole = value("");
  take(SPACE);
  return isWhole && at === text.length ? offsets : at;
}
