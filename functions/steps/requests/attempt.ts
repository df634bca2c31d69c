import { Refusal } from "../../core/refusal.ts";

/** How a request went: two outcomes, one exit. A bug is neither; it is thrown on. */
export type Outcome<T> = { readonly value: T } | { readonly refusal: Refusal };

export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
