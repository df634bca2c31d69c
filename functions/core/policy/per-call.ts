/** Operation of AWS with its service's prefix: `s3:CopyObject`. */
const OPERATION = /^[a-z0-9-]{2,40}:[A-Z][A-Za-z0-9]{1,80}$/;

/**
 * Parses the text of `@perCall`: operations, separated by a comma and a space.
 * @returns the operations in order, or a sentence about the fault.
 * @example parseOperations("s3:CopyObject") // ["s3:CopyObject"]
 */
export function parseOperations(text: string): readonly string[] | string {
  const operations = text.split(", ");
  if (!operations.every((each) => OPERATION.test(each)))
    return '@perCall takes operations of AWS such as "s3:CopyObject, s3:DeleteObjects", separated by a comma and a space';
  if (new Set(operations).size < operations.length) return "@perCall names an operation twice";
  return operations.toSorted();
}

/** Lists the operations that a forbid of single calls names; none for any other policy. The build has checked their form. */
export function refusedCallsIn({ perCall }: Readonly<Record<string, string>>): readonly string[] {
  const operations = perCall === undefined ? [] : parseOperations(perCall);
  return typeof operations === "string" ? [] : operations;
}
