import type { EnvOf } from "../env.ts";

export const ENV = [
  "VALETKEY_TABLE",
  "VALETKEY_DEPLOYMENT",
  "VALETKEY_REVOCATION_QUEUE_URL",
  "VALETKEY_LEASE_REVOCATION_QUEUE_URL",
] as const;
export type Env = EnvOf<typeof ENV>;
