/** Piece of a text: characters as they are, or the escape of a character that is not shown. */
export interface VisiblePiece {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * Characters that a reader cannot see, or that change how others look. The control and format characters include bidirectional controls, zero-width
 * characters and tags, lone surrogates and private use. Characters that fonts leave out, separators of lines and paragraphs, the empty pattern of
 * Braille, and every space but U+0020 count too.
 */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/gu;

/**
 * Splits a text so that nothing in it is hidden: an invisible character becomes an escape such as `\u{202E}`.
 * @returns pieces in order; their texts joined are the text with its escapes.
 */
export function visiblePieces(text: string): readonly VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), isEscape: false });
    const codePoint = match[0].codePointAt(0) ?? 0;
    pieces.push({ text: `\\u{${codePoint.toString(16).toUpperCase()}}`, isEscape: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isEscape: false });
  return pieces;
}

/** True for a text in which nothing is hidden. */
export const isVisible = (text: string): boolean => text.search(UNSEEN) === -1;

/** Writes the text with its escapes. */
export const visibleText = (text: string): string =>
  visiblePieces(text)
    .map((piece) => piece.text)
    .join("");
