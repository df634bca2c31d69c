import type { PathsOf } from "../http/paths.ts";
import { sign } from "./sign.ts";
import type { SignPorts } from "./sign-ports.ts";

/** Paths of `sign`, by their routes. */
export const PATHS = {
  "POST /v1/tasks/{task}/sign": sign,
} as const satisfies PathsOf<"sign", SignPorts>;
