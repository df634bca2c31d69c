/** Routes of the signed log. */
export const JOURNAL_ROUTES = [
  {
    method: "GET",
    path: "/v1/journal",
    caller: "operator",
    function: "journal",
    permission: "valetkey:ReadJournal",
    stepUp: "never",
    summary: "Read the signed log, newest first, by agent, task, person, time and denials",
  },
] as const;
