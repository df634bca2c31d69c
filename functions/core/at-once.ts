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
 * Does the work for each item, so many at a time, begun in the order of the list. A failure does not block the others.
 * @param isOver asked before each item: once it is true, what has been begun is finished and nothing more is begun.
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
 * Does the work for each item as `runAtOnce` does, until one fails: then nothing further is begun.
 * @returns the results in the order of the list; fewer than items where it was over before the end.
 * @throws the first failure, once what had been begun is finished.
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
