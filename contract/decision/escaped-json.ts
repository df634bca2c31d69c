import { escapedRunnerCommands } from "./runner-commands.ts";

/**
 * Escapes what a terminal or a CI runner would obey in serialized JSON, and characters that change how a line looks. Leaves line breaks as they are.
 */
export const escapedJson = (json: string): string =>
  escapedRunnerCommands(json).replace(/(?!\n)\p{C}/gu, (character) =>
    [...Array(character.length).keys()].map((at) => escaped(character.charCodeAt(at))).join(""),
  );

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`;
