import { ClientError } from "../../exit-codes.ts";

/** Options of the command. */
export const MODEL_OPTIONS = ["registration", "policies", "config", "format", "connector", "delegation"] as const;

/** Loads the maker of threat models, which needs the whole checkout. @throws {ClientError} usage where there is none. */
export async function loadModels() {
  return import("../../threat/main.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ClientError(
      "usage",
      "no_checkout",
      "threat models are made in the folder that a deployment is made from, which has @valetkey/deploy",
    );
  });
}

/** Runs work that reads a checkout. @throws {ClientError} usage where the checkout cannot be used. */
export function ofCheckout<T>(make: () => T, Problem: new (message: string) => Error): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new ClientError("usage", "no_model", error.message);
  }
}
