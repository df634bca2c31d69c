/** TypeScript projects that `npm run check:types` builds, by their folders; the tests' project, which builds the others, last. */
export const TYPE_PROJECTS = {
  "tsconfig.functions.json": ".",
  "tsconfig.tools.json": ".",
  "console/tsconfig.json": "console",
  "test/tsconfig.json": "test",
} as const;
