import { signal } from "@preact/signals";

/** Task that the person has ended in this document. */
export interface Ending {
  readonly id: string;
  /** Empty for a sub-agent whose id the page does not know. */
  readonly agent: string;
}

/** Tasks that the person has ended in this document, the latest first; in memory only. */
export const endings = signal<readonly Ending[]>([]);

/** Largest number of shown endings. */
const MOST = 20;

export function addEnding(ending: Ending): void {
  endings.value = [ending, ...endings.peek().filter(({ id }) => id !== ending.id)].slice(0, MOST);
}
