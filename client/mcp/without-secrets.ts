/** Shortest beginning of a secret that is removed at a cut. A shorter one could be ordinary text. */
const LEAST_BEGINNING = 8;

/**
 * Removes secrets from a program's output, in three forms: verbatim, encoded as in a URL, and with JSON's escaped slashes. (A presigned URL holds the
 * session's token.) Does not stop a program that writes a secret in another form.
 * @param isCut true where the text was cut. The beginning of a secret at the cut is removed too.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>, isCut: boolean): string {
  const forms = [...secrets].filter((secret) => secret !== "").flatMap(formsOf);
  const rest = forms.reduce((kept, form) => kept.replaceAll(form, REMOVED), text);
  if (!isCut) return rest;
  const begun = Math.max(0, ...forms.map((form) => beginningAtEnd(rest, form)));
  return begun === 0 ? rest : `${rest.slice(0, -begun)}${REMOVED}`;
}

const REMOVED = "(removed)";

const formsOf = (secret: string): readonly string[] => [
  ...new Set([secret, encodeURIComponent(secret), secret.replaceAll("/", "\\/")]),
];

/** Length of the longest beginning of a secret with which the text ends. */
function beginningAtEnd(text: string, secret: string): number {
  for (let length = secret.length - 1; length >= LEAST_BEGINNING; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
}
