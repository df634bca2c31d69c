/** Routes of the signed log. */
export const JOURNAL_ROUTES = [
  {
    method: "GET",
    path: "/v1/journal",
    accepts: "operator's OIDC token",
    function: "journal",
    operation: "valetkey:ReadJournal",
    summary: "Read the signed log, newest first, by agent, task, person, time and denials",
  },
] as const;
