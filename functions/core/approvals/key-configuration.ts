import type { Issuer } from "../identity/issuer.ts";

/** Makes the facts about an issuer by which an auditor reads the claims of a statement that its key has signed. */
export const keyConfigurationOf = ({ name, url, person, approvals }: Issuer) =>
  ({
    issuer: name,
    iss: url,
    aud: approvals?.clientId,
    person: person ?? "sub",
    freshness: approvals?.freshness,
  }) as const;
