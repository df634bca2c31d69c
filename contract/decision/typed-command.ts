/** Command of valetkey as everybody can type it in a folder that has the package. The hub and its console know no user's machine, and write this. */
export const NPX_VALETKEY = "npx valetkey";

/** Quotes a text as one literal word for a shell of Unix. @example quotedWord("it's") // "'it'\\''s'" */
export const quotedWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes a text as one word for a shell of Unix, quoted only where the shell would read more than a word. @example shellWord("team:data") // "team:data" */
export const shellWord = (text: string): string => (/^[\w.:-]+$/.test(text) ? text : quotedWord(text));
