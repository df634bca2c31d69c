import type { EnvOf } from "../env.ts";

export const ENV = ["VALETKEY_ARCHIVE"] as const;
export type Env = EnvOf<typeof ENV>;
