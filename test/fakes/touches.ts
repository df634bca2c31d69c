interface Touched {
  readonly reads?: string;
  readonly writes?: string;
}

/** What of the record each port method reads and writes. A method that is not here touches everything: never too little. */
const TOUCHED: Readonly<Record<string, Touched>> = {
  "tokens.verify": {},
  "sessions.assume": {},
  "paces.count": {},
  // Each under a root of its own.
  "journal.append": {},
  "agents.boundTo": { reads: "agent" },
  "agents.find": { reads: "agent" },
  "agents.read": { reads: "agent" },
  "agents.change": { writes: "agent" },
  "agents.liveTasks": { reads: "live" },
  "tasks.read": { reads: "task" },
  "tasks.below": { reads: "live" },
  "tasks.open": { writes: "task live" },
  "tasks.confirm": { writes: "task" },
  "tasks.renew": { writes: "task" },
  "tasks.addToken": { writes: "task" },
  "tasks.addDelegation": { writes: "task" },
  "tasks.addPresentation": { writes: "task" },
  "tasks.removePresentation": { writes: "task" },
  "tasks.end": { writes: "task live" },
};
const EVERYTHING: Touched = { writes: "agent task live" };

/** Whether the order of two calls can make a difference: one writes what the other reads or writes. */
export function touches(a: string, b: string): boolean {
  const [left, right] = [TOUCHED[a] ?? EVERYTHING, TOUCHED[b] ?? EVERYTHING];
  return disturbs(left, right) || disturbs(right, left);
}

const disturbs = (one: Touched, other: Touched): boolean =>
  wordsOf(one.writes).some((word) => [...wordsOf(other.writes), ...wordsOf(other.reads)].includes(word));

const wordsOf = (words: string | undefined): readonly string[] => words?.split(" ") ?? [];
