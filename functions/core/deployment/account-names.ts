import type { Deployment } from "./deployment.ts";

/**
 * Finds the names of the accounts that an answer shows, as the configuration has them; nothing where none has a name.
 * A name is a label for people: no decision, record or seal has it.
 * @param shown ids of the accounts in the answer, so that it names no other account.
 */
export function accountNames(
  shown: readonly string[],
  { accounts }: Pick<Deployment, "accounts">,
): { readonly account_names?: Readonly<Record<string, string>> } {
  const named = accounts.flatMap(({ id, name }) => (name === undefined || !shown.includes(id) ? [] : [[id, name]]));
  return named.length === 0 ? {} : { account_names: Object.fromEntries(named) };
}
