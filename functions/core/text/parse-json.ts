/**
 * Parses JSON in which no object has two members of one name (I-JSON: RFC 7493, section 2.3). `JSON.parse` takes the
 * last of them, other parsers take the first, and a person who reads the text sees both.
 *
 * Each member that is written has one colon outside of strings. An object with a repeated name has fewer members than
 * were written, so the counts are compared, and the text is not parsed a second time.
 * @throws {SyntaxError} for a text that is not JSON; a `RepeatedMember` for one in which an object has a member twice.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (membersOf(value) !== colonsIn(text)) throw new RepeatedMember();
  return value;
}

/** Error of a text in which an object has two members of one name. */
export class RepeatedMember extends SyntaxError {
  constructor() {
    super("an object has two members of one name");
  }
}

/** Counts the members of all objects in a value. */
function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const each of inner) count += membersOf(each);
  return count;
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** Counts the colons outside of strings in valid JSON. */
function colonsIn(text: string): number {
  let count = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (code === COLON) count += 1;
  }
  return count;
}
