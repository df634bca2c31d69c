/** Name of an error, or its code where it has no other name, of plain characters: whoever answers at the endpoint may have chosen it. */
export function plainName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, code } = error as NodeJS.ErrnoException;
  return (name === "Error" && code !== undefined ? code : name).replace(/[^\w.]/g, "").slice(0, 64);
}
