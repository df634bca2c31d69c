/** Control characters, lone surrogates, and what reorders text (Unicode's bidirectional controls). */
const ODD = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** Whether people can be shown it as it stands: nothing in it controls a terminal or turns text around, and every store takes it. */
export const isPlainText = (text: string): boolean => !ODD.test(text);
