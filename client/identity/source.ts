/** Where the agent's own OIDC token comes from. */
export type IdentitySource =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  /** A command line; what it prints on stdout is the token. */
  | { readonly kind: "command"; readonly line: string }
  /** GitHub Actions' token endpoint, which wants its own bearer token. */
  | { readonly kind: "github"; readonly url: string; readonly bearer: string }
  /** The SPIFFE Workload API at a Unix socket. */
  | { readonly kind: "spiffe"; readonly socket: string }
  /** `sts:GetWebIdentityToken`, with the AWS credentials that this machine has. */
  | { readonly kind: "aws" };

/** What stands for each of them in a sentence. */
export const SOURCE_NAMES: Record<IdentitySource["kind"], string> = {
  token: "--token or VALETKEY_TOKEN",
  file: "the token file",
  url: "the token address",
  command: "the token command",
  github: "GitHub's token endpoint",
  spiffe: "the SPIFFE Workload API",
  aws: "AWS STS",
};
