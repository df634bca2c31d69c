import * as v from "valibot";

const ODD = "\\p{Cc}\\p{Cs}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

const text = (least: number, most: number, pattern: string, rule: string) =>
  v.pipe(
    v.string(rule),
    // JSON Schema counts characters; valibot's own `maxLength` counts UTF-16 units.
    v.metadata({ minLength: least, maxLength: most }),
    v.check((given) => [...given].length <= most, rule),
    v.regex(new RegExp(pattern, "u"), rule),
  );

/** Schema of plain text: it neither controls a terminal nor changes the direction of text. Its length is in UTF-16 units. */
export const plainText = (least: number, most: number) =>
  v.pipe(v.string(), v.minLength(least), v.maxLength(most), v.regex(new RegExp(`^[^${ODD}]*$`, "u")));

/** Schema of one line for people: not blank, without characters that control a terminal or change the direction of text. */
export const readableLine = (most: number) =>
  text(
    1,
    most,
    `^[^${ODD}]*[^\\s${ODD}][^${ODD}]*$`,
    `1 to ${most} characters on one line, not blank, without control characters.`,
  );

/** Schema of an error's text: as `readableLine`, but it may have line breaks and tabs, and may be empty. */
export const readableLines = (most: number) =>
  text(
    0,
    most,
    `^(?:[^${ODD}]|[\\n\\t])*$`,
    `at most ${most} characters; of control characters, line breaks and tabs alone.`,
  );
