/** Outcome of a list of work. */
export interface Run<R> {
  /** Results of the work that succeeded, in the order of the list. */
  readonly results: readonly R[];
  /** Errors of the work that failed, the first failure first. */
  readonly failures: readonly unknown[];
  /** Number of items that were not begun. */
  readonly left: number;
}

/**
 * Runs the work for each item, at most `most` at a time, in the order of the list. A failure does not block the others.
 * @param isOver checked before each item: once it is true, no further item is begun, and those already begun are
 * finished.
 */
export async function runAtOnce<T, R>(
  most: number,
  list: readonly T[],
  work: (each: T) => Promise<R>,
  isOver: () => boolean = () => false,
): Promise<Run<R>> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  let next = 0;
  const take = async (): Promise<void> => {
    while (next < list.length && !isOver()) {
      const index = next;
      next += 1;
      try {
        results.set(index, await work(list[index] as T));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, take));
  const inOrder = [...results].sort(([one], [other]) => one - other).map(([, result]) => result);
  return { results: inOrder, failures, left: list.length - next };
}

/**
 * Runs the work for each item as `runAtOnce` does, until one fails: no further item is begun then.
 * @returns the results in the order of the list; fewer than the items where `isOver` became true.
 * @throws the first failure, after all items that were begun are finished.
 */
export async function atOnce<T, R>(
  most: number,
  list: readonly T[],
  work: (each: T) => Promise<R>,
  isOver: () => boolean = () => false,
): Promise<readonly R[]> {
  let isFailed = false;
  const watched = async (each: T): Promise<R> => {
    try {
      return await work(each);
    } catch (error) {
      isFailed = true;
      throw error;
    }
  };
  const { results, failures } = await runAtOnce(most, list, watched, () => isFailed || isOver());
  if (isFailed) throw failures[0];
  return results;
}
