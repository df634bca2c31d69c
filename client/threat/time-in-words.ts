/** Writes seconds for people: `15 min`, `12 h`, `90 s`. */
export function timeInWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
