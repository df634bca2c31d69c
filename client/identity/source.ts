/** Source of the agent's own OIDC token. */
export type IdentitySource =
  | { readonly kind: "token"; readonly token: string }
  /** Function of the program, which returns the token for an audience. */
  | { readonly kind: "function"; readonly token: (audience: string) => string | Promise<string> }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  /** Command line that prints the token on stdout. */
  | { readonly kind: "command"; readonly line: string }
  /** GitHub Actions' token endpoint, with its bearer token. */
  | { readonly kind: "github"; readonly url: string; readonly bearer: string }
  /** The SPIFFE Workload API at a Unix socket. */
  | { readonly kind: "spiffe"; readonly socket: string }
  /** `sts:GetWebIdentityToken`, with the AWS credentials that this machine has. */
  | { readonly kind: "aws" };

/** Names of the sources in sentences. */
export const SOURCE_NAMES: Record<IdentitySource["kind"], string> = {
  token: "--token or VALETKEY_TOKEN",
  function: "the function identity",
  file: "the token file",
  url: "the token address",
  command: "the token command",
  github: "GitHub's token endpoint",
  spiffe: "the SPIFFE Workload API",
  aws: "AWS STS",
};
