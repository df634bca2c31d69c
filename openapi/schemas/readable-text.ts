import * as v from "valibot";

const ODD = "\\p{Cc}\\p{Cs}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

const text = (least: number, most: number, pattern: string) =>
  v.pipe(
    v.string(),
    // JSON Schema counts characters; valibot's own `maxLength` counts halves of some.
    v.metadata({ minLength: least, maxLength: most }),
    v.check((given) => [...given].length <= most),
    v.regex(new RegExp(pattern, "u")),
  );

/** One line that is shown to people: not blank, nothing that controls a terminal, nothing that turns text around. */
export const readableLine = (most: number) => text(1, most, `^[^${ODD}]*[^\\s${ODD}][^${ODD}]*$`);

/** The same with line breaks and tabs, or nothing at all: an error's text. */
export const readableLines = (most: number) => text(0, most, `^(?:[^${ODD}]|[\\n\\t])*$`);
