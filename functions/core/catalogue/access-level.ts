/** What an action does, by the Service Authorization Reference. */
export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions management";

/** How the catalogue's file abbreviates the levels of an action: one letter each. */
export const LEVEL_LETTERS: Readonly<Record<AccessLevel, string>> = {
  List: "L",
  Read: "R",
  Write: "W",
  Tagging: "T",
  "Permissions management": "P",
};

const LEVELS = new Map(Object.entries(LEVEL_LETTERS).map(([level, letter]) => [letter, level as AccessLevel]));

/**
 * The levels that letters of the catalogue's file stand for; an action may have two (`PW`).
 * @throws {Error} on a letter that is none: the file is broken, and a level that is lost would put its action into no group.
 */
export function levelsOf(letters: string): readonly AccessLevel[] {
  return [...letters].map((letter) => {
    const level = LEVELS.get(letter);
    if (level === undefined)
      throw new Error("the action catalogue holds an unknown access level; rebuild it with `npm run catalogue`");
    return level;
  });
}
