/** Routes of policies, and of explanations of their decisions. */
export const POLICY_ROUTES = [
  {
    method: "GET",
    path: "/v1/policies",
    caller: "operator",
    function: "explain",
    permission: "valetkey:ReadPolicies",
    stepUp: "never",
    summary: "Read the deployed policies, and the bundle's hash",
  },
  {
    method: "POST",
    path: "/v1/policies/explain",
    caller: "operator",
    function: "explain",
    permission: "valetkey:ExplainPolicy",
    stepUp: "never",
    summary: "Explain the decision about an agent's request; issues nothing",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}/reach",
    caller: "operator",
    function: "explain",
    permission: "valetkey:ExplainPolicy",
    stepUp: "never",
    summary: "Read the most that policy lets an agent request",
  },
] as const;
