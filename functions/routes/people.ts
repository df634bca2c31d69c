/** Routes of people whom agents act for. */
export const PEOPLE_ROUTES = [
  {
    method: "POST",
    path: "/v1/people/{person}/end-tasks",
    caller: "operator",
    function: "operate",
    permission: "valetkey:EndPersonsTasks",
    stepUp: "never",
    summary: "End all tasks that act for a person",
  },
] as const;
