import { visibleText } from "../../contract/decision/visible-text.ts";

/** Escapes a text for Markdown: no character has a meaning in Markdown, in HTML, or on a terminal. */
export const inMarkdown = (text: string): string =>
  visibleText(text).replace(/[\\`*_{}[\]<>#|~&!$@]|:(?=\/\/)|(?<=www)\.|^[-+=](?=\s|$)|(?<=^\d+)[.)]/gi, "\\$&");

/** Writes a text as code, with a fence that is longer than its backticks. */
export function asCode(text: string): string {
  const seen = visibleText(text);
  const runs = [...seen.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const pad = /^[` ]|[` ]$|^$/.test(seen) ? " " : "";
  return `${fence}${pad}${seen}${pad}${fence}`;
}
