/** Routes of requests that wait for people. */
export const APPROVAL_ROUTES = [
  {
    method: "GET",
    path: "/v1/approvals",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "List the requests that wait for people (`?group=`)",
  },
  {
    method: "GET",
    path: "/v1/approvals/{approval}",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Read a request: the record that people decide about, its hash and its votes",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/decide",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Approve a request by an ID token over its hash, or deny it with a reason",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/withdraw",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Withdraw one's own approval before it is used",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/review",
    accepts: "operator's OIDC token",
    function: "exchange",
    operation: "valetkey:Approve",
    summary: "Review a broken glass, as another person than the one who broke it",
  },
] as const;
