/** Routes of people whom agents act for. */
export const PEOPLE_ROUTES = [
  {
    method: "POST",
    path: "/v1/people/{person}/end-tasks",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndPersonsTasks",
    summary: "End all tasks that act for a person",
  },
] as const;
