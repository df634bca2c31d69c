/** Routes of the panic. */
export const PANIC_ROUTES = [
  {
    method: "POST",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "panic",
    operation: "valetkey:Panic",
    summary: "Halt everything: nothing is issued, and all issued credentials are denied",
  },
  {
    method: "POST",
    path: "/v1/panic/lift",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:LiftPanic",
    summary: "Lift the panic: vending begins again a minute later, and older credentials stay dead",
  },
  {
    method: "GET",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadPanic",
    summary: "Read the latest panic, and whether everything is halted",
  },
] as const;
