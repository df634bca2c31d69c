import { type ResolveFnOutput, registerHooks } from "node:module";

/**
 * Mark of a process that has the hook. Setup files run before each test file, so the hook would be registered again.
 */
const HAS_HOOK = Symbol.for("valetkey.resolved-once");

/** Vitest's name for a test file, which it loads anew each time. */
const IS_TEST_FILE = /vitest=/;

if (!(HAS_HOOK in globalThis)) {
  Object.defineProperty(globalThis, HAS_HOOK, { value: true });
  const resolved = new Map<string, ResolveFnOutput>();
  // Node resolves a repeated import() from memory only while there are no hooks. Vitest has one, which reports each import to the main process.
  registerHooks({
    resolve(specifier, context, next) {
      if (IS_TEST_FILE.test(specifier)) return next(specifier, context);
      const key = `${context.parentURL}\n${specifier}\n${context.conditions.join()}`;
      const known = resolved.get(key) ?? next(specifier, context);
      resolved.set(key, known);
      return { ...known, shortCircuit: true };
    },
  });
}
