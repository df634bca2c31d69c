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
