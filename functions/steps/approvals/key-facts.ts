import { canonicalJson } from "../../../contract/canonical-json.ts";
import { keyConfigurationOf } from "../../core/approvals/key-configuration.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Facts } from "../../core/journal/event.ts";
import type { VerifiedStatement } from "./verify-votes.ts";

/**
 * Makes facts about the issuers' keys that verified people's statements, each key once, with the issuer's present
 * configuration. With these facts in the log, a checkpoint proves by when the function saw a key. An auditor can then
 * verify the statements without a request to the issuer.
 */
export async function keyFacts(
  statements: readonly Pick<VerifiedStatement, "person" | "publicKey">[],
  { issuers }: Pick<Deployment, "issuers">,
): Promise<readonly Facts[]> {
  const keys = await Promise.all(
    statements.map(async ({ person: { issuer: name }, publicKey }) => {
      const issuer = issuers.find((each) => each.name === name);
      return { ...(issuer ? keyConfigurationOf(issuer) : { issuer: name, person: "sub" }), ...(await publicKey()) };
    }),
  );
  return [...new Map(keys.map((key) => [canonicalJson(key), key])).values()];
}
