/**
 * Returns the name of an error, or its code where the name is just `Error`. Only plain characters stay: the endpoint
 * may not be AWS and may send any text.
 */
export function plainName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, code } = error as NodeJS.ErrnoException;
  return (name === "Error" && code !== undefined ? code : name).replace(/[^\w.]/g, "").slice(0, 64);
}
