/** Names of accounts by their ids. A name is a label for people, and nothing is decided by it. */
export type AccountNames = Readonly<Record<string, string>>;

/** Writes an account for people: its 12 digits always, and its name where it has one. @example accountInWords("111122223333", { "111122223333": "Payments" }) // "111122223333 (Payments)" */
export const accountInWords = (id: string, names: AccountNames = {}): string =>
  Object.hasOwn(names, id) ? `${id} (${names[id]})` : id;
