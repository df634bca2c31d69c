import { sep } from "node:path";

/** Writes a path with slashes, as imports and the docs do; on Windows it has backslashes. */
export const slashed = (path: string, separator: string = sep): string => path.replaceAll(separator, "/");
