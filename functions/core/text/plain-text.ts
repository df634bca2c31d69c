/** Control characters, lone surrogates, and what reorders text (Unicode's bidirectional controls). */
const ODD = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** True where people can be shown the text as it is: nothing in it controls a terminal or turns text around, and every store takes it. */
export const isPlainText = (text: string): boolean => !ODD.test(text);

/** Writes the text so that a person can be shown it: what controls or reorders text, or is not seen, becomes an escape such as `\u{202E}`. */
export const visiblePlain = (text: string): string =>
  text.replace(UNSEEN, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);

/** Control and format characters, lone surrogates, private use, what fonts leave out, and separators of lines. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;
