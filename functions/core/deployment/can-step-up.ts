import type { ApprovalsClient, Issuer } from "../identity/issuer.ts";

/**
 * True for an issuer whose people can vote for a consent or an acceptance, which the exchange makes. The issuer's
 * tokens prove the sign-in for the vote.
 */
export const canSign = ({ kind, approvals }: Pick<Issuer, "kind" | "approvals">): boolean =>
  kind === "people" && provesOwnSignIn(approvals);

/**
 * True for an issuer whose people can vote for an operator's act. The console's page redeems the code, since the
 * functions that perform acts have no secret of a client.
 */
export const canStepUp = (issuer: Pick<Issuer, "kind" | "approvals">): boolean =>
  canSign(issuer) && issuer.approvals?.tokenExchange === "browser";

/**
 * True for a client whose tokens prove a sign-in without a group's rules: by its time, or by a class in
 * `valetkey.json`.
 */
export const provesOwnSignIn = (approvals: Pick<ApprovalsClient, "freshness" | "acr"> | undefined): boolean =>
  approvals?.freshness === "auth_time" || (approvals?.acr ?? []).length > 0;
