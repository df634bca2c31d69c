import type { Issuer } from "../identity/issuer.ts";

/**
 * True for an issuer whose people can vote for an act: it proves when they signed in, and the console's page itself redeems the code. Where `acr` alone
 * proves a sign-in, no group of approvers says which `acr` is enough for an operator.
 */
export const canStepUp = ({ kind, approvals }: Pick<Issuer, "kind" | "approvals">): boolean =>
  kind === "people" && approvals?.freshness === "auth_time" && approvals.tokenExchange === "browser";
