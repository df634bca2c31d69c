/**
 * Explains a spent budget of policy, and what helps.
 * @param seconds time until it allows a further task.
 */
export const budgetInWords = (budget: string, seconds: number, nowMs: number): string =>
  `The budget "${budget}" of policy is spent: it allows no further task before ${moment(nowMs + seconds * 1_000)}, in ${wait(seconds)}. Waiting helps; to repeat the request or to reword it does not.`;

const moment = (ms: number): string => new Date(Math.ceil(ms / 1_000) * 1_000).toISOString().replace(".000", "");

/** Writes a time to wait, no shorter than it is. @example wait(3_700) // "1 h 2 min" */
export function wait(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
