/** Routes of registered agents. */
export const AGENT_ROUTES = [
  {
    method: "POST",
    path: "/v1/agents/{agent}/offboard",
    caller: "operator",
    function: "operate",
    permission: "valetkey:OffboardAgent",
    stepUp: "always",
    summary: "Offboard an agent, for good",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}/offboarding",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadAgent",
    stepUp: "never",
    summary: "Read the report on an agent's offboarding, signed off once nothing is open",
  },
] as const;
