import { format } from "node:util";

/** A test that a file declared and that has not run yet. */
export interface CollectedTest {
  readonly id: string;
  run(): unknown;
}

/** All tests of the imported files, in their order. */
export const collected: CollectedTest[] = [];

const titles: string[] = [];

/** Replaces Vitest's `describe`: declares the tests at once. */
export function describe(title: string, declare: () => void): void {
  titles.push(title);
  declare();
  titles.pop();
}

type Body = (...values: never[]) => unknown;
type Declare = (title: string, ...given: readonly unknown[]) => void;

/** Replaces Vitest's `it`, with or without options before the body. */
export const it: Declare & { each(rows: readonly unknown[]): Declare } = Object.assign(
  (title: string, ...given: readonly unknown[]) => declare(title, bodyOf(given)),
  {
    each:
      (rows: readonly unknown[]): Declare =>
      (title, ...given) => {
        // Each row is a list of arguments where all rows are lists, as in Vitest.
        const areLists = rows.every(Array.isArray);
        for (const row of rows) {
          const values = areLists ? (row as readonly unknown[]) : [row];
          declare(format(title, ...values), () => bodyOf(given)(...(values as never[])));
        }
      },
  },
);

const bodyOf = (given: readonly unknown[]): Body => given.at(-1) as Body;

/** The number makes the ids of tests with the same title unique. */
function declare(title: string, run: Body): void {
  const id = `${collected.length} ${[...titles, title].join(" ")}`;
  collected.push({ id, run: () => run() });
}
