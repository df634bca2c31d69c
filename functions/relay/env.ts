import type { EnvOf } from "../env.ts";

export const ENV = [
  "VALETKEY_REVOCATION_QUEUE_URL",
  "VALETKEY_LEASE_REVOCATION_QUEUE_URL",
  "VALETKEY_PROBES_URL",
  "VALETKEY_DEADLINES_URL",
  "VALETKEY_NOTICES_URL",
  "VALETKEY_BUS",
  "VALETKEY_DEPLOYMENT",
] as const;
export type Env = EnvOf<typeof ENV>;
