/**
 * Writes a count with its noun.
 * @param plural needed where it is more than the noun with an s.
 * @example counted(1, "task") // "1 task"
 * @example counted(2, "policy", "policies") // "2 policies"
 */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

/** Lists the first few names, and counts the others. @example few(["a", "b", "c"], 2) // "a, b and 1 more" */
export const few = (names: readonly string[], most: number): string =>
  `${names.slice(0, most).join(", ")}${names.length > most ? ` and ${names.length - most} more` : ""}`;
