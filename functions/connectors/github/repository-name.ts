export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Owners have letters, digits and hyphens, and an underscore where an enterprise manages them. */
const FORM = /^(?<owner>[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?)\/(?<name>[a-z0-9._-]{1,100})$/;

/**
 * Parses a repository's name: `Acme/Site` is `acme` and `site`. GitHub ignores case in names, so Cedar evaluates one
 * spelling. Otherwise another spelling would evade a rule that forbids a repository.
 * @returns undefined where no repository can have the name. Only a name of this form is ever put into an address.
 */
export function repositoryName(text: string): RepositoryName | undefined {
  // Checked before the conversion to lower case, which would turn "K", the sign for kelvin, into a "k".
  if (!/^[\x21-\x7e]+$/.test(text)) return undefined;
  const { owner = "", name = "" } = FORM.exec(text.toLowerCase())?.groups ?? {};
  // GitHub removes a final ".git", and would answer for another repository.
  return owner === "" || /^\.\.?$|\.git$/.test(name) ? undefined : { owner, name };
}
