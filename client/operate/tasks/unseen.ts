/** Reasons why a ledger's row may show fewer calls than were made, by the row's visibility; "" where every call is seen. */
export const UNSEEN: Readonly<Record<string, string>> = {
  management: "",
  data_event_selected: "",
  data_event_not_selected: "not seen: no trail selects such events",
  region_not_forwarded: "not seen: nobody forwards this Region's calls",
  never_logged: "not seen: no event tells of it",
};
