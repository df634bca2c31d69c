export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Owners have letters, digits and hyphens, with an underscore where an enterprise manages them. */
const FORM = /^(?<owner>[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?)\/(?<name>[a-z0-9._-]{1,100})$/;

/**
 * `Acme/Site` is `acme` and `site`: GitHub takes capitals and small letters for the same, so policy is asked in one spelling, or a rule that
 * forbids a repository would not be seen to.
 * @returns nothing where no repository is named so. Nothing else than such a name is ever put into an address.
 */
export function repositoryName(text: string): RepositoryName | undefined {
  // Before lower case is made of it: "K", the sign for kelvin, would become a "k".
  if (!/^[\x21-\x7e]+$/.test(text)) return undefined;
  const { owner = "", name = "" } = FORM.exec(text.toLowerCase())?.groups ?? {};
  // GitHub cuts ".git" off, and would speak of another one.
  return owner === "" || /^\.\.?$|\.git$/.test(name) ? undefined : { owner, name };
}
