/** Control characters, lone surrogates, and characters that reorder text (Unicode's bidirectional controls). */
const ODD = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/**
 * True for text that can be shown to people as it is. Such text neither controls a terminal nor reorders text, and
 * every store accepts it.
 */
export const isPlainText = (text: string): boolean => !ODD.test(text);

/** Replaces characters that control or reorder text, or are invisible, by an escape such as `\u{202E}`. */
export const visiblePlain = (text: string): string =>
  text.replace(UNSEEN, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);

/** True for a text with such a character. */
export const hasUnseen = (text: string): boolean => text.search(UNSEEN) >= 0;

/**
 * Control and format characters, lone surrogates, private use, characters that fonts leave out, and line separators.
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;
