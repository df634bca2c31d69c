import type { EnvOf } from "../env.ts";

export const ENV = ["VALETKEY_DEPLOYMENT", "VALETKEY_BUS"] as const;
export type Env = EnvOf<typeof ENV>;
