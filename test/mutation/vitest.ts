// Vitest's own `expect` looks up the state of a worker when it is imported, but uses nothing of it.
Object.assign(globalThis, {
  __vitest_worker__: { config: {}, ctx: {}, environment: {}, metaEnv: {}, providedContext: {} },
});
const { expect } = await import("vitest");

export { describe, it } from "./collected-tests.ts";
export { expect };
