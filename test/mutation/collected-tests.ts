import { format } from "node:util";

/** Test that a file has declared, and has not run. */
export interface CollectedTest {
  readonly id: string;
  run(): unknown;
}

/** All tests of the files that were imported, in their order. */
export const collected: CollectedTest[] = [];

const titles: string[] = [];

/** Takes the place of Vitest's `describe`: the tests are declared at once. */
export function describe(title: string, declare: () => void): void {
  titles.push(title);
  declare();
  titles.pop();
}

type Body = (...values: never[]) => unknown;
type Declare = (title: string, ...given: readonly unknown[]) => void;

/** Takes the place of Vitest's `it`: with or without options before the body. */
export const it: Declare & { each(rows: readonly unknown[]): Declare } = Object.assign(
  (title: string, ...given: readonly unknown[]) => declare(title, bodyOf(given)),
  {
    each:
      (rows: readonly unknown[]): Declare =>
      (title, ...given) => {
        // Rows are lists of values where all of them are lists, as for Vitest.
        const areLists = rows.every(Array.isArray);
        for (const row of rows) {
          const values = areLists ? (row as readonly unknown[]) : [row];
          declare(format(title, ...values), () => bodyOf(given)(...(values as never[])));
        }
      },
  },
);

const bodyOf = (given: readonly unknown[]): Body => given.at(-1) as Body;

/** A test's number tells it from others of its title. */
function declare(title: string, run: Body): void {
  const id = `${collected.length} ${[...titles, title].join(" ")}`;
  collected.push({ id, run: () => run() });
}
