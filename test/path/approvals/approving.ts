import { DEPLOYMENT } from "../../../fakes/fake-world.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";

const group = (name: string) => ({
  ...{ name, issuer: "staff", timeoutSeconds: 900, useWithinSeconds: 300, notify: [] },
  members: { claim: "groups", value: `g-${name}` },
});

/** Deployment whose people may approve: two groups of the issuer `staff`, whose client for approvals is `approvals`. */
export const APPROVING: Deployment = {
  ...DEPLOYMENT,
  issuers: DEPLOYMENT.issuers.map((issuer) =>
    issuer.kind === "people"
      ? { ...issuer, approvals: { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" } }
      : issuer,
  ),
  approvers: [group("sre"), group("security")],
};
