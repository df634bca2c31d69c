/**
 * Returns the candidate with the fewest corrections to `text`, without regard to case. Undefined where each needs more
 * than a third of the text's length.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let limit = Math.floor(wanted.length / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= limit) continue;
    const corrections = distance(wanted, candidate.toLowerCase());
    if (corrections >= limit) continue;
    best = candidate;
    limit = corrections;
  }
  return best;
}

/** Returns the Levenshtein distance of two texts: the insertions, deletions and replacements between them. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  let corrections = to.length;
  for (const [index, character] of [...from].entries()) {
    corrections = index + 1;
    const next = [corrections];
    for (const [column, other] of [...to].entries()) {
      const [replaced = 0, above = 0] = row.slice(column, column + 2);
      corrections = Math.min(replaced + (character === other ? 0 : 1), above + 1, corrections + 1);
      next.push(corrections);
    }
    row = next;
  }
  return corrections;
}
