/** Routes about what policy says. */
export const POLICY_ROUTES = [
  {
    method: "GET",
    path: "/v1/policies",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ReadPolicies",
    summary: "The policies as they are deployed, with the bundle's hash",
  },
  {
    method: "POST",
    path: "/v1/policies/explain",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ExplainPolicy",
    summary: "What policy would say to an agent's request, and why: nothing is issued",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}/reach",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ExplainPolicy",
    summary: "The most that policy lets an agent ask for",
  },
] as const;
