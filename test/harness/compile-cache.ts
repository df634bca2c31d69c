import { COMPILED } from "../../local/compiled.ts";

/** Lets workers, and the processes that they start, reuse what Node compiled of the sources before. */
export function setup(): void {
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
}
