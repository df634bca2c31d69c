type Body = Readonly<Record<string, unknown>>;

/** Lists the wanted fields that a record lacks, or has with another value. */
export const differentFields = (wanted: Body, found: Body): readonly string[] =>
  Object.keys(wanted).filter((name) => !isSame(inOrder(name, wanted[name]), found[name]));

/** Sorts labels, whose order has no meaning, as the record has them. */
const inOrder = (name: string, value: unknown): unknown =>
  name === "labels" && Array.isArray(value) ? value.toSorted() : value;

/** True where the found value has everything that is wanted. An object may have more fields (limits with their defaults). */
function isSame(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      wanted.length === found.length &&
      wanted.every((each, index) => isSame(each, found[index]))
    );
  if (typeof wanted === "object" && wanted !== null)
    return (
      typeof found === "object" &&
      found !== null &&
      Object.entries(wanted).every(([name, value]) => isSame(value, (found as Body)[name]))
    );
  // A record without an end has no field for it.
  return wanted === found || (wanted === null && found === undefined);
}
