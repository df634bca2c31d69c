import type { ApprovalsClient, Issuer } from "../identity/issuer.ts";

/** True for an issuer whose people can vote for an act: it proves their sign-in for it, and the console's page itself redeems the code. */
export const canStepUp = ({ kind, approvals }: Pick<Issuer, "kind" | "approvals">): boolean =>
  kind === "people" && provesOwnSignIn(approvals) && approvals?.tokenExchange === "browser";

/** True for a client whose tokens prove a sign-in that no group says anything about: by its time, or by a class that `valetkey.json` names. */
export const provesOwnSignIn = (approvals: Pick<ApprovalsClient, "freshness" | "acr"> | undefined): boolean =>
  approvals?.freshness === "auth_time" || (approvals?.acr ?? []).length > 0;
