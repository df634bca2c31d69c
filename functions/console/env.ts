import type { EnvOf } from "../env.ts";

export const ENV = ["VALETKEY_CONSOLE"] as const;
export type Env = EnvOf<typeof ENV>;
