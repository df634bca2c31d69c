import type { AttributeValue } from "../../../table-change.ts";
import { invalid } from "../invalid.ts";
import type { Path } from "./paths.ts";
import type { Placeholders } from "./placeholders.ts";

const TOKEN = /\s*(#\w+|:\w+|[A-Za-z_]\w*|<>|<=|>=|[().,=<>+-])/y;
const WORD = /^[A-Za-z_]\w*$/;

/**
 * Reads an expression, token by token.
 * @throws {ServiceError} ValidationException for other texts, and for list elements (`a[0]`).
 */
export class Cursor {
  /** First names of the paths that were read so far. */
  readonly attributes = new Set<string>();
  readonly #member: string;
  readonly #tokens: readonly string[];
  readonly #placeholders: Placeholders;
  #at = 0;
  /** Place of the last closed parenthesis: its first token, and the token after it. */
  #group = { first: 0, end: 0 };

  /** @param member name of the call's member that has the expression. */
  constructor(expression: string, member: string, placeholders: Placeholders) {
    this.#member = member;
    this.#placeholders = placeholders;
    this.#tokens = this.#split(expression);
    if (this.#tokens.length === 0) throw this.#refused("The expression can not be empty;");
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Takes the next token if it is this symbol, or this keyword in any case. */
  takes(token: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  /** Takes the next token, which must be this one. */
  expect(token: string): void {
    if (!this.takes(token)) throw this.#unexpected(`expected ${token}`);
  }

  /** Takes the next token if it is one of these. */
  takesOneOf<T extends string>(tokens: readonly T[]): T | undefined {
    const found = tokens.find((token) => token === this.#tokens[this.#at]);
    if (found !== undefined) this.#at += 1;
    return found;
  }

  /** Takes a function's name and its opening parenthesis, if they are next. */
  takesCall<T extends string>(functions: readonly T[]): T | undefined {
    return this.#tokens[this.#at + 1] === "(" ? this.#call(functions) : undefined;
  }

  /** Takes a value's placeholder, if it is next. */
  takesValue(): AttributeValue | undefined {
    const token = this.#tokens[this.#at];
    if (!token?.startsWith(":")) return undefined;
    this.#at += 1;
    return this.#placeholders.value(token);
  }

  path(): Path {
    const path = [this.#step()];
    while (this.takes(".")) path.push(this.#step());
    this.attributes.add(path[0] ?? "");
    return path;
  }

  /**
   * Reads the content of a parenthesis that was just opened, and closes it. Refuses a parenthesis that contains only
   * another one.
   */
  group<T>(read: () => T): T {
    const first = this.#at;
    const inside = read();
    if (this.#group.first === first + 1 && this.#group.end === this.#at)
      throw this.#refused("The expression has redundant parentheses;");
    this.expect(")");
    this.#group = { first, end: this.#at };
    return inside;
  }

  /** Reads a list of one or more, separated by commas. */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.takes(",")) items.push(read());
    return items;
  }

  /** @throws {ServiceError} where something follows. */
  end(): void {
    if (!this.isAtEnd) throw this.#unexpected("expected its end");
  }

  #call<T extends string>(functions: readonly T[]): T | undefined {
    const name = this.takesOneOf(functions);
    if (name !== undefined) this.expect("(");
    return name;
  }

  #step(): string {
    const token = this.#tokens[this.#at] ?? "";
    if (!token.startsWith("#") && !WORD.test(token)) throw this.#unexpected("expected an attribute's name");
    this.#at += 1;
    return token.startsWith("#") ? this.#placeholders.name(token) : token;
  }

  #split(expression: string): string[] {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let at = 0; expression.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
      const [, token] = TOKEN.exec(expression) ?? [];
      if (token === undefined) throw this.#refused(`Syntax error; token: ${expression.slice(at).trim()[0]}`);
      tokens.push(token);
    }
    return tokens;
  }

  #unexpected(why: string): Error {
    return this.#refused(`Syntax error; token: ${this.#tokens[this.#at] ?? "<EOF>"}, ${why}`);
  }

  #refused(why: string): Error {
    return invalid(`Invalid ${this.#member}: ${why}`);
  }
}
