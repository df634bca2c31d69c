/**
 * Runs `valetkey policy <argv>` and returns its exit code. The workbench is loaded when it is asked for and only then: it needs the whole
 * repository (the compiler, the catalogue, Cedar), which `valetkey exec` in an agent's image has no use for.
 */
export async function runPolicy(argv: readonly string[]): Promise<number> {
  const { policy } = await import("../workbench/main.ts");
  return policy(argv);
}
