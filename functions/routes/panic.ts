/** Routes of the panic. */
export const PANIC_ROUTES = [
  {
    method: "POST",
    path: "/v1/panic",
    caller: "operator",
    function: "panic",
    permission: "valetkey:Panic",
    stepUp: "never",
    summary: "Halt everything: nothing is issued, and all issued credentials are denied",
  },
  {
    method: "POST",
    path: "/v1/panic/lift",
    caller: "operator",
    function: "operate",
    permission: "valetkey:LiftPanic",
    stepUp: "always",
    summary: "Lift the panic: vending begins again a minute later, and older credentials stay dead",
  },
  {
    method: "GET",
    path: "/v1/panic",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadPanic",
    stepUp: "never",
    summary: "Read the latest panic, and whether everything is halted",
  },
] as const;
