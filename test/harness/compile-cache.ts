import type { TestProject } from "vitest/node";
import { COMPILED } from "../../local/compiled.ts";

/**
 * Has workers, and the processes that they start, find what Node compiled of the sources before. Coverage goes without: V8 counts code that was read
 * from the cache less precisely.
 */
export function setup({ config }: TestProject): void {
  if (!config.coverage.enabled) process.env.NODE_COMPILE_CACHE ??= COMPILED;
}
