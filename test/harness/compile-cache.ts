import type { TestProject } from "vitest/node";
import { COMPILED } from "../../local/compiled.ts";

/**
 * Lets workers, and the processes that they start, reuse what Node compiled of the sources before. Coverage runs
 * without the cache: V8 counts cached code less precisely.
 */
export function setup({ config }: TestProject): void {
  if (!config.coverage.enabled) process.env.NODE_COMPILE_CACHE ??= COMPILED;
}
