/** Routes of the panic. */
export const PANIC_ROUTES = [
  {
    method: "POST",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:Panic",
    summary: "Halt everything: nothing is issued, and all that was issued is denied",
  },
  {
    method: "POST",
    path: "/v1/panic/lift",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:LiftPanic",
    summary: "Lift it: vending begins anew a minute later, and what was issued before stays dead",
  },
  {
    method: "GET",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadPanic",
    summary: "Whether everything is halted",
  },
] as const;
