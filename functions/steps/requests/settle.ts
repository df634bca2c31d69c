import { Refusal } from "../../core/refusal.ts";

/** How a request went: two outcomes, one exit. A bug is neither; it is thrown on. */
export type Settled<T> = { readonly value: T } | { readonly refusal: Refusal };

export async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
