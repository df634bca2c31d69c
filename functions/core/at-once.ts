/** What the work says of each, so many at a time, in the order of the list. The first failure is thrown; nothing further is begun then. */
export async function atOnce<T, R>(most: number, list: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let isFailed = false;
  const take = async (): Promise<void> => {
    while (next < list.length && !isFailed) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(list[index] as T);
      } catch (error) {
        isFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, take));
  return results;
}
