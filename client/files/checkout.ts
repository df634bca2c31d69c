/** Names of a deployment's files in its folder. */
const NAMES = { config: "valetkey.json", policies: "policies" } as const;

/** Files of the deployment that a command reads. */
export interface Checkout {
  /** Path of `valetkey.json`. */
  readonly config: string;
  /** Folder of the policies. */
  readonly policies: string;
}

/**
 * Returns the deployment's files: those of the options, then those of `VALETKEY_CONFIG` and `VALETKEY_POLICIES`, then
 * those of the current folder.
 */
export const checkoutOf = (
  { config, policies }: Readonly<Partial<Record<keyof Checkout, string | undefined>>>,
  { VALETKEY_CONFIG, VALETKEY_POLICIES }: NodeJS.ProcessEnv,
): Checkout => ({
  config: config ?? (VALETKEY_CONFIG || NAMES.config),
  policies: policies ?? (VALETKEY_POLICIES || NAMES.policies),
});
