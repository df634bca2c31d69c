import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { SignInCodes } from "../../core/approvals/sign-in-codes.ts";
import { redirectUriOf } from "../../core/approvals/sign-in-codes.ts";
import { personId } from "../../core/identity/person.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { countAgainstLimit } from "../requests/count-against-limit.ts";
import type { OperatorIdentity } from "../requests/verify-operator.ts";
import type { Signature } from "./parse-signature.ts";
import { voteFault } from "./vote-fault.ts";

/**
 * Returns the unverified ID token of a person's sign-in. A code is redeemed at the person's own issuer, with the hub's
 * client secret there.
 * @throws {Refusal} malformed_request, too_many_requests, vote_invalid, issuer_unreachable.
 */
export async function tokenSigned(
  { person }: Pick<OperatorIdentity, "person">,
  by: Signature,
  ports: Pick<Ports, "deployment" | "rateLimits" | "clock"> & { readonly codes: SignInCodes },
): Promise<string> {
  const { deployment, codes } = ports;
  if ("vote" in by) return by.vote;
  const issuer = deployment.issuers.find(({ name }) => name === person.issuer);
  if (issuer?.approvals?.tokenExchange !== "hub")
    throw new Refusal("malformed_request", {
      say: "Your issuer's code is redeemed by the page: send the ID token as vote.",
    });
  if (!deployment.console || by.redirectUri !== redirectUriOf(deployment.console))
    throw new Refusal("malformed_request", { say: "redirect_uri must be that of sign_in." });
  await countAgainstLimit(personId(person), "code", RATE_LIMITS.code, ports);
  const token = await codes.redeem(issuer, by);
  if (token === undefined) throw voteFault("code");
  return token;
}
