/** Runs `valetkey audit <argv>` and returns its exit code. */
export async function runAudit(argv: readonly string[]): Promise<number> {
  return (await import("../../audit/main.ts")).audit(argv);
}
