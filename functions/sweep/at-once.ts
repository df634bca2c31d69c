/**
 * Does the work for each item, so many at a time, in their order. Work must not throw.
 * @param isOver asked before each item: once it is true, what has been begun is finished and nothing more is begun.
 * @returns whether it was done for all of them.
 */
export async function atOnce<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
  isOver: () => boolean,
): Promise<boolean> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !isOver()) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return next === items.length;
}
