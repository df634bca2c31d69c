import { Refusal } from "../core/refusal.ts";

/**
 * Does the work with a credential that exists already. Where it fails, the credential is taken back at once and the failure goes on;
 * its `why` says whether that worked.
 */
export async function orTakeBack<T>(work: () => Promise<T>, takeBack: () => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isBack = await takeBack().then(
      () => true,
      () => false,
    );
    if (!(error instanceof Refusal)) throw error;
    const why = `${error.detail.why ?? error.code}; ${isBack ? "taken back" : "could not be taken back"}`;
    throw new Refusal(error.code, { ...error.detail, why });
  }
}
