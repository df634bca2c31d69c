/**
 * Makes a text one line that no terminal obeys: each control and format character, lone surrogate, and separator of lines or paragraphs becomes a
 * space. Texts of others (agents, tokens, files, AWS) are printed so.
 * @param value anything; nothing for null and undefined.
 */
export const plainLine = (value: unknown): string => String(value ?? "").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
