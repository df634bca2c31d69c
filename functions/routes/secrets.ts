/** Routes of managed secrets. */
export const SECRET_ROUTES = [
  {
    method: "GET",
    path: "/v1/secrets",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ListSecrets",
    stepUp: "never",
    summary: "List managed secrets: kind, holder, rotations, exposure; never a value",
  },
  {
    method: "GET",
    path: "/v1/secrets/{secret}",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadSecret",
    stepUp: "never",
    summary: "Read a managed secret; a `/` in its name is written `~`",
  },
  {
    method: "POST",
    path: "/v1/secrets/{secret}/rotate",
    caller: "operator",
    function: "operate",
    permission: "valetkey:RotateSecret",
    stepUp: "never",
    summary: "Request that a secret is rotated within minutes",
  },
] as const;
