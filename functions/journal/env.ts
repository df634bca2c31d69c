import type { EnvOf } from "../env.ts";

export const ENV = [
  "VALETKEY_TABLE",
  "VALETKEY_DEPLOYMENT",
  "VALETKEY_ARCHIVE",
  "VALETKEY_ARCHIVE_ORIGIN",
  "VALETKEY_ARCHIVE_ANCHOR",
] as const;
export type Env = EnvOf<typeof ENV>;
