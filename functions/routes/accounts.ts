/** Routes of target accounts. */
export const ACCOUNT_ROUTES = [
  {
    method: "GET",
    path: "/v1/accounts",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListAccounts",
    summary: "List the target accounts, and which are halted",
  },
  {
    method: "POST",
    path: "/v1/accounts/{account}/halt",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:HaltAccount",
    summary: "Halt a target account: nothing is issued there",
  },
  {
    method: "POST",
    path: "/v1/accounts/{account}/lift",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:LiftAccount",
    summary: "Lift the halt of a target account",
  },
] as const;
