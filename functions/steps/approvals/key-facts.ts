import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Facts } from "../../core/journal/event.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { VerifiedStatement } from "./verify-votes.ts";

/**
 * Writes the issuers' keys that verified people's statements, each once, with what the issuer was then configured to prove. With the log, a checkpoint
 * says by when the function saw a key, and an auditor verifies the statements without asking the issuer.
 */
export async function keyFacts(
  statements: readonly Pick<VerifiedStatement, "person" | "publicKey">[],
  { issuers }: Pick<Deployment, "issuers">,
): Promise<readonly Facts[]> {
  const keys = await Promise.all(
    statements.map(async ({ person: { issuer: name }, publicKey }) => {
      const issuer = issuers.find((each) => each.name === name);
      const { clientId: aud, freshness } = issuer?.approvals ?? {};
      const told = { iss: issuer?.url, aud, person: issuer?.person ?? "sub", freshness };
      return { issuer: name, ...told, ...(await publicKey()) };
    }),
  );
  return [...new Map(keys.map((key) => [canonicalJson(key), key])).values()];
}
