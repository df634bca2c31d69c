/** Routes of policies, and of explanations of their decisions. */
export const POLICY_ROUTES = [
  {
    method: "GET",
    path: "/v1/policies",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ReadPolicies",
    summary: "Read the deployed policies, and the bundle's hash",
  },
  {
    method: "POST",
    path: "/v1/policies/explain",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ExplainPolicy",
    summary: "Explain the decision about an agent's request; issues nothing",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}/reach",
    accepts: "operator's OIDC token",
    function: "explain",
    operation: "valetkey:ExplainPolicy",
    summary: "Read the most that policy lets an agent request",
  },
] as const;
