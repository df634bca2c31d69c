import type { FunctionName } from "../contract/names.ts";
import { BrokenDeployment } from "./core/deployment/broken-deployment.ts";

/** Variables of each function's environment. */
export const ENV = {
  exchange: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT", "VALETKEY_BUS"],
  tasks: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  sign: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  operate: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  recheck: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT", "VALETKEY_RECHECKS_URL"],
  panic: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  register: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  sweep: [
    "VALETKEY_TABLE",
    "VALETKEY_DEPLOYMENT",
    "VALETKEY_REVOCATION_QUEUE_URL",
    "VALETKEY_LEASE_REVOCATION_QUEUE_URL",
  ],
  intake: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  relay: [
    "VALETKEY_REVOCATION_QUEUE_URL",
    "VALETKEY_LEASE_REVOCATION_QUEUE_URL",
    "VALETKEY_PROBES_URL",
    "VALETKEY_DEADLINES_URL",
    "VALETKEY_NOTICES_URL",
    "VALETKEY_RECHECKS_URL",
    "VALETKEY_BUS",
    "VALETKEY_DEPLOYMENT",
  ],
  reconcile: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT", "VALETKEY_REVOCATION_QUEUE_URL"],
  "revoke-leases": ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT", "VALETKEY_DEADLINES_URL"],
  rotate: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  probe: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  notify: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  approve: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  explain: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"],
  journal: [
    "VALETKEY_TABLE",
    "VALETKEY_DEPLOYMENT",
    "VALETKEY_ARCHIVE",
    "VALETKEY_ARCHIVE_ORIGIN",
    "VALETKEY_ARCHIVE_ANCHOR",
  ],
  observe: ["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT", "VALETKEY_BUS"],
  // `NO_SIEM` in `VALETKEY_SIEM` where no SIEM gets events. Otherwise the ARN of the bus.
  collect: ["VALETKEY_ARCHIVE", "VALETKEY_PROOFS_KEY", "VALETKEY_SIEM"],
  archive: [
    "VALETKEY_ARCHIVE",
    "VALETKEY_ARCHIVE_KEY",
    "VALETKEY_ARCHIVE_LOCK",
    "VALETKEY_ARCHIVE_ORIGIN",
    "VALETKEY_ARCHIVE_ANCHOR",
    "VALETKEY_RESTORED_AT",
    "VALETKEY_DEPLOYMENT",
  ],
  console: ["VALETKEY_CONSOLE"],
  signals: ["VALETKEY_DEPLOYMENT", "VALETKEY_BUS"],
} as const satisfies Readonly<Record<FunctionName, readonly string[]>>;

/** Value of `VALETKEY_SIEM` without a SIEM. */
export const NO_SIEM = "off";

/** Environment of one function. `infra` builds the same type, so a missing variable does not compile. */
export type EnvOf<Name extends FunctionName> = Readonly<Record<(typeof ENV)[Name][number], string>>;

/**
 * Returns the variables of a function, all of which must be set.
 * @throws {BrokenDeployment} variable_missing, with every missing variable: a function without its configuration must not start.
 */
export function readEnv<Name extends FunctionName>(
  name: Name,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EnvOf<Name> {
  const names: readonly string[] = ENV[name];
  const missing = names.filter((each) => !env[each]);
  if (missing.length > 0) throw new BrokenDeployment("variable_missing", missing.join(", "));
  return Object.fromEntries(names.map((each) => [each, env[each]])) as EnvOf<Name>;
}
