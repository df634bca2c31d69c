import type { EnvOf } from "../env.ts";

export const ENV = ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"] as const;
export type Env = EnvOf<typeof ENV>;
