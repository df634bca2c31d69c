/** Command of valetkey as everybody can type it in a folder that has the package. The hub and its console know no user's machine, and write this. */
export const NPX_VALETKEY = "npx valetkey";

/** Quotes a text as one literal word for a shell of Unix. @example quotedWord("it's") // "'it'\\''s'" */
export const quotedWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
