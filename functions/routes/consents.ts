/** Routes of recorded consents. */
export const CONSENT_ROUTES = [
  {
    method: "POST",
    path: "/v1/consents",
    caller: "operator",
    function: "exchange",
    permission: "valetkey:GiveConsent",
    stepUp: "in every deployment",
    summary: "Let an agent act for the person within a ceiling, by an ID token over exactly that",
  },
  {
    method: "GET",
    path: "/v1/consents",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadConsents",
    stepUp: "never",
    summary: "List one's own live consents, or those of another person (`?person=`)",
  },
  {
    method: "GET",
    path: "/v1/consents/{consent}",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadConsents",
    stepUp: "never",
    summary: "Read a consent: the record that the person voted for, and its hash",
  },
  {
    method: "POST",
    path: "/v1/consents/{consent}/withdraw",
    caller: "operator",
    function: "operate",
    permission: "valetkey:EndConsent",
    stepUp: "never",
    summary: "Withdraw a consent, one's own or as an operator, and end every task under it",
  },
] as const;
