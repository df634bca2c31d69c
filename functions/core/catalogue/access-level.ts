/** Access levels of actions, as the Service Authorization Reference names them. */
export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions management";

/** Abbreviations of access levels in the catalogue's file. */
export const LEVEL_LETTERS: Readonly<Record<AccessLevel, string>> = {
  List: "L",
  Read: "R",
  Write: "W",
  Tagging: "T",
  "Permissions management": "P",
};

const LEVELS = new Map(Object.entries(LEVEL_LETTERS).map(([level, letter]) => [letter, level as AccessLevel]));

/**
 * Parses the level letters of an action in the catalogue's file; an action may have two (`PW`).
 * @throws {Error} for an unknown letter: an action with a lost level would be missing from its group.
 */
export function levelsOf(letters: string): readonly AccessLevel[] {
  return [...letters].map((letter) => {
    const level = LEVELS.get(letter);
    if (level === undefined)
      throw new Error("the action catalogue holds an unknown access level; rebuild it with `npm run catalogue`");
    return level;
  });
}

/** Levels of actions that change nothing. */
const READING: ReadonlySet<AccessLevel> = new Set(["List", "Read"]);

/** True for an action of these levels that changes something: data, tags or permissions. */
export const isChanging = (levels: readonly AccessLevel[]): boolean => levels.some((level) => !READING.has(level));
