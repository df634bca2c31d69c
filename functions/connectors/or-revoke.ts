import { Refusal } from "../core/refusal.ts";

/**
 * Does work that needs a credential which exists already. After a failure, revokes the credential at once and rethrows
 * the error. The `why` of a rethrown refusal states whether the revocation worked.
 */
export async function orRevoke<T>(work: () => Promise<T>, revoke: () => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isRevoked = await revoke().then(
      () => true,
      () => false,
    );
    if (!(error instanceof Refusal)) throw error;
    const why = `${error.detail.why ?? error.code}; ${isRevoked ? "revoked" : "could not be revoked"}`;
    throw new Refusal(error.code, { ...error.detail, why });
  }
}
