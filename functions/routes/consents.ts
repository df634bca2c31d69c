/** Routes of recorded consents. */
export const CONSENT_ROUTES = [
  {
    method: "POST",
    path: "/v1/consents",
    accepts: "operator's OIDC token",
    function: "exchange",
    operation: "valetkey:GiveConsent",
    summary: "Let an agent act for the person within a ceiling, by an ID token over exactly that",
  },
  {
    method: "GET",
    path: "/v1/consents",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadConsents",
    summary: "List one's own live consents, or those of another person (`?person=`)",
  },
  {
    method: "GET",
    path: "/v1/consents/{consent}",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadConsents",
    summary: "Read a consent: the record that the person voted for, and its hash",
  },
  {
    method: "POST",
    path: "/v1/consents/{consent}/withdraw",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndConsent",
    summary: "Withdraw a consent, one's own or as an operator, and end every task under it",
  },
] as const;
