import type { ApprovalsClient, Issuer } from "../identity/issuer.ts";

/**
 * True for an issuer whose people can vote for what the exchange makes of a vote: a consent or an acceptance. The
 * issuer's tokens prove the sign-in for the vote.
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
 * True for a client whose tokens prove a sign-in without any group's rules: by the sign-in's time, or by a class that
 * `valetkey.json` names.
 */
export const provesOwnSignIn = (approvals: Pick<ApprovalsClient, "freshness" | "acr"> | undefined): boolean =>
  approvals?.freshness === "auth_time" || (approvals?.acr ?? []).length > 0;
