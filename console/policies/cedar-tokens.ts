/** Token of a policy's text. Spaces and signs are plain. */
export interface CedarToken {
  readonly kind: "comment" | "text" | "annotation" | "word" | "entity" | "plain";
  readonly text: string;
}

const WORDS = "permit|forbid|when|unless|if|then|else|in|is|like|has|true|false|principal|action|resource|context";

/** One alternative for each kind, in the order of the attempts. An unterminated text is read to the end of the line. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*)`,
    String.raw`(?<text>"(?:[^"\\\n]|\\[^\n])*"?)`,
    String.raw`(?<annotation>@[A-Za-z_]\w*)`,
    String.raw`(?<entity>[A-Z]\w*(?:::[A-Za-z_]\w*)*(?=::"))`,
    String.raw`(?<word>\b(?:${WORDS})\b)`,
    String.raw`(?<plain>[A-Za-z_]\w*|[^A-Za-z_"@/]+|.)`,
  ].join("|"),
  "gsu",
);

/** Splits the text of a policy for display. The tokens' texts joined are the text. Other text than Cedar is plain. */
export function cedarTokens(text: string): readonly CedarToken[] {
  const tokens: CedarToken[] = [];
  for (const { groups = {} } of text.matchAll(TOKEN)) {
    const [kind, part = ""] = Object.entries(groups).find(([, each]) => each !== undefined) ?? ["plain"];
    const last = tokens.at(-1);
    if (kind === "plain" && last?.kind === "plain") tokens[tokens.length - 1] = { kind, text: last.text + part };
    else tokens.push({ kind: kind as CedarToken["kind"], text: part });
  }
  return tokens;
}
