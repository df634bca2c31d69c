import type { EnvOf } from "../env.ts";

export const ENV = [
  "VALETKEY_ARCHIVE",
  "VALETKEY_ARCHIVE_KEY",
  "VALETKEY_ARCHIVE_LOCK",
  "VALETKEY_ARCHIVE_ORIGIN",
  "VALETKEY_ARCHIVE_ANCHOR",
  "VALETKEY_RESTORED_AT",
] as const;
export type Env = EnvOf<typeof ENV>;
