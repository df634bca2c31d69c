type Body = Readonly<Record<string, unknown>>;

/** Lists the fields in which a record is not as wanted. */
export const differentFields = (wanted: Body, found: Body): readonly string[] =>
  Object.keys(wanted).filter((name) => !isSame(inOrder(name, wanted[name]), found[name]));

/** The record has labels in order: theirs means nothing. */
const inOrder = (name: string, value: unknown): unknown =>
  name === "labels" && Array.isArray(value) ? value.toSorted() : value;

/** True where the found value has everything that is wanted; an object may have more (limits with their defaults). */
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
  // No end is no field.
  return wanted === found || (wanted === null && found === undefined);
}
