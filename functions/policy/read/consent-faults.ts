import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { provesOwnSignIn } from "../../core/deployment/can-step-up.ts";
import { type Finding, finding } from "./finding.ts";
import type { KnownPeople } from "./known-config.ts";
import type { ReadPolicy } from "./parse-policies.ts";

type People = Pick<KnownPeople, "issuers">;

/** Lists the issuers for whose people agents act, limited to the issuer that the rule's head names, if any. */
export function actingIssuers({ principal }: cedar.PolicyJson, { issuers }: People): KnownPeople["issuers"] {
  const acting = issuers.filter(({ kind, onBehalf }) => kind === "people" && onBehalf);
  const named = issuerNamed(principal);
  return named === undefined ? acting : acting.filter(({ name }) => name === named);
}

/** Names the issuer of the people in a head: `User::"staff|pat"`, `Group::"staff|support"`. */
function issuerNamed(principal: cedar.PolicyJson["principal"]): string | undefined {
  const within = principal.op === "is" ? principal.in : principal;
  const { type, id } = (within && "entity" in within ? within.entity : {}) as { type?: string; id?: string };
  return type === "User" || type === "Group" ? id?.split("|")[0] : undefined;
}

/** Finds a `@consent` that can never be given: agents act for no people there, or the people's issuer proves no sign-in for a vote. */
export function consentFaults({ json, policy, source }: ReadPolicy, people: People): readonly Finding[] {
  if (policy.annotations.consent === undefined || policy.effect === "forbid") return [];
  const at = { ...source.spotOfAnnotation("consent"), policy: policy.id };
  const acting = actingIssuers(json, people);
  if (acting.length === 0)
    return [
      finding(
        "unfillable_consent",
        at,
        'nobody could ever consent: agents act for no people here; give a people\'s issuer "onBehalf": true in valetkey.json',
      ),
    ];
  return acting
    .filter(({ approvals }) => !provesOwnSignIn(approvals))
    .map(({ name }) =>
      finding(
        "unfillable_consent",
        at,
        `people of ${name} could never consent, since it proves no sign-in for a vote: give the issuer approvals with freshness auth_time or with acr, and console (docs/approvals.md)`,
      ),
    );
}
