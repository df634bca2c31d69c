/** Escapes, in JSON that is written already, each character that a terminal would obey or that changes what a line seems to say. Its line breaks stay. */
export const escapedJson = (json: string): string =>
  json.replace(/(?!\n)\p{C}/gu, (character) =>
    [...Array(character.length).keys()].map((at) => escaped(character.charCodeAt(at))).join(""),
  );

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`;
