import { Refusal } from "../../core/refusal.ts";

/** Outcome of a request: a value or a refusal. A bug is neither and is rethrown. */
export type Outcome<T> = { readonly value: T } | { readonly refusal: Refusal };

export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
