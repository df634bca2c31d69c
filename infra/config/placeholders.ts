/** Values of the shipped files that a user replaces: names under RFC 2606's domains, fictitious accounts, and a fictitious person. */
const PLACEHOLDER = /(^|[/.@])example\.(com|org|net)\b|replace-with-|^(111122223333|999900001111|444455556666)$/;

/** Beginning of texts that nobody can mean. `valetkey init` writes them, and a synthesis refuses them. */
const UNFILLED = "replace-with-";

/** Placeholder in a configuration. */
export interface Placeholder {
  /** Path of the field, such as `operators.0.subject`. */
  readonly place: string;
  readonly value: string;
}

/** Finds the placeholders in a configuration. */
export const placeholdersIn = (config: object): readonly Placeholder[] => placesIn(config, "");

function placesIn(value: unknown, place: string): readonly Placeholder[] {
  if (typeof value === "string") return PLACEHOLDER.test(value) ? [{ place, value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => placesIn(each, place === "" ? name : `${place}.${name}`));
}

/**
 * Finds the texts of the template in policies, each with its place. Lines and columns count from 1.
 * @param policies texts of the policies, by their files.
 */
export const unfilledIn = (policies: ReadonlyMap<string, string>) =>
  [...policies].flatMap(([file, text]) =>
    text.split("\n").flatMap((each, index) => {
      const [value] = /replace-with-[\w-]*/.exec(each) ?? [];
      return value ? [{ file, line: index + 1, column: each.indexOf(value) + 1, value }] : [];
    }),
  );

/**
 * Lists the texts of the template, in the configuration or in policies, with which no deployment can be made. If there is one, lists other placeholders too.
 * @param policies texts of the policies, by their files.
 */
export function unfilledFaults(config: object, policies: ReadonlyMap<string, string>): readonly string[] {
  const found = placeholdersIn(config);
  const files = [...new Set(unfilledIn(policies).map(({ file }) => file))];
  if (files.length === 0 && !found.some(({ value }) => value.includes(UNFILLED))) return [];
  return [
    ...found.map(({ place, value }) => `${place} is ${value}: write your own`),
    ...files.map((file) => `${file} has ${UNFILLED}…: write your own, or take the file out with its cases`),
  ];
}
