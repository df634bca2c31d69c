/** Routes of managed secrets. */
export const SECRET_ROUTES = [
  {
    method: "GET",
    path: "/v1/secrets",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListSecrets",
    summary: "List managed secrets: kind, holder, rotations, exposure; never a value",
  },
  {
    method: "GET",
    path: "/v1/secrets/{secret}",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadSecret",
    summary: "Read a managed secret; a `/` in its name is written `~`",
  },
  {
    method: "POST",
    path: "/v1/secrets/{secret}/rotate",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:RotateSecret",
    summary: "Request that a secret is rotated within minutes",
  },
] as const;
