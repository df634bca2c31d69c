/** Finds the name that was meant: the only one that begins with the typed text, or the closest within two letters; undefined for none. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const [longer, ...others] = names.filter((name) => typed !== "" && name.startsWith(typed));
  if (longer !== undefined && others.length === 0) return longer;
  const [best] = names.map((name) => ({ name, away: distance(typed, name) })).sort((a, b) => a.away - b.away);
  return best && best.away <= 2 ? best.name : undefined;
}

/** Computes the Levenshtein distance: insertions, deletions and substitutions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
