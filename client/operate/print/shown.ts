import { plainLine } from "../../../contract/decision/plain-line.ts";

/**
 * Text for a terminal, made of this program's own words and of plain lines. A text of the service, of a file or of a
 * person becomes one plain line in it, and so begins no line, moves no cursor and hides nothing that follows.
 */
export class Shown {
  readonly #text: string;
  /** @param text made by `shown`, `joined`, `table` or `coloured`; nothing else makes one. */
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

const textOf = (value: unknown): string => (value instanceof Shown ? value.toString() : plainLine(value));

/**
 * Composes a text of own words, which may have several lines, and of values. A value that is no shown text becomes one
 * plain line.
 * @example shown`Request ${id} is ${answer.status}.\n`
 */
export const shown = (words: TemplateStringsArray, ...values: readonly unknown[]): Shown =>
  new Shown(words.map((word, index) => `${word}${index < values.length ? textOf(values[index]) : ""}`).join(""));

/** Joins texts. @param separator own words between them. */
export const joined = (texts: readonly unknown[], separator = ""): Shown =>
  new Shown(texts.map(textOf).join(separator));
