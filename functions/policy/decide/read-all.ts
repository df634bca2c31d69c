import { EXIT, Problem } from "../problem.ts";

/** Reads every part, and reports all faults at once. @throws {Problem} with one line for each fault. */
export function readAll<T extends Readonly<Record<string, () => unknown>>>(
  parts: T,
): { readonly [Name in keyof T]: ReturnType<T[Name]> } {
  const problems: Problem[] = [];
  const read = Object.entries(parts).map(([name, part]) => [name, attempt(part, problems)]);
  refuse(problems);
  return Object.fromEntries(read);
}

/** Reads every element of a list, and reports all faults at once. @throws {Problem} with one line for each unreadable element. */
export function readEach<T, R>(list: readonly T[], read: (each: T, index: number) => R): readonly R[] {
  const problems: Problem[] = [];
  const done = list.flatMap((each, index) => {
    const result = attempt(() => ({ result: read(each, index) }), problems);
    return result ? [result.result] : [];
  });
  refuse(problems);
  return done;
}

function attempt<R>(work: () => R, problems: Problem[]): R | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problems.push(error);
    return undefined;
  }
}

function refuse(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw others.length === 0 ? first : new Problem(problems.map(({ message }) => message).join("\n"), EXIT.usage);
}
