/** All fields of a marked noun except its mark: everything that the step which makes it has to know. */
export type Unmarked<T> = { readonly [Name in keyof T as Name extends symbol ? never : Name]: T[Name] };

/**
 * Puts the mark on a noun that a step has made. A missing or superfluous field does not compile, exactly as without a
 * mark. Only its own steps make each noun: `test/arch/marks.test.ts` lists them.
 * @example brand<AuthenticatedTask>({ task })
 */
export function brand<T extends object>(fields: Unmarked<T>): T;
export function brand(fields: object): object {
  return fields;
}
