import type { EnvOf } from "../env.ts";

export const ENV = ["VALETKEY_ARCHIVE", "VALETKEY_PROOFS_KEY", "VALETKEY_SIEM"] as const;
/** Value of `VALETKEY_SIEM` where no SIEM gets events. Otherwise the value is the ARN of the bus. */
export const NO_SIEM = "off";
export type Env = EnvOf<typeof ENV>;
