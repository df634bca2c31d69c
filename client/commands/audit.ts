import { inForm } from "./in-form.ts";

/** Runs `valetkey audit <argv>` and returns its exit code. */
export async function runAudit(argv: readonly string[]): Promise<number> {
  const { audit } = await import("../audit/main.ts");
  return inForm(argv, argv[0] === "show", audit);
}
