import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { isEnforcedPermit } from "../../../functions/core/policy/enforced.ts";
import { type Clause, clausesOf, isNever } from "../../../functions/policy/clauses/clauses.ts";
import { mayShareActions, namedActions } from "../../../functions/policy/clauses/heads.ts";
import { isOfOperations } from "../../../functions/policy/clauses/obligations.ts";
import { actingIssuers } from "../../../functions/policy/read/consent-faults.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import type { KnownPeople } from "../../../functions/policy/read/known-config.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";
import { isNode, nodesIn } from "../../../functions/policy/read/policy-nodes.ts";

/**
 * Finds permits for agents that no person can ever complete, and lists permits that apply to people too.
 * @param own policies to check.
 * @param all the same policies, and those of files given with them.
 * @param people undefined where no `valetkey.json` names any; then the policies alone decide.
 */
export function personProblems(
  own: readonly ReadPolicy[],
  all: readonly ReadPolicy[],
  people: KnownPeople | undefined,
  catalogue: Catalogue,
): readonly Finding[] {
  const ofPeople = all.filter(({ policy }) => isEnforcedPermit(policy)).filter((each) => mayBeOfPeople(each, people));
  return own
    .filter(({ policy }) => isEnforcedPermit(policy))
    .flatMap((each) => [
      ...(demandsPerson(each) && mayBeOfAgents(each) ? uncompleted(each, ofPeople, people, catalogue) : []),
      ...aboutPeopleToo(each, people),
      ...consentsNobodyGives(each, people),
    ]);
}

/** Finds why no person can complete a permit for agents. Skips a `@consent` without such people, which the build reports as an error. */
function uncompleted(
  permit: ReadPolicy,
  ofPeople: readonly ReadPolicy[],
  people: KnownPeople | undefined,
  catalogue: Catalogue,
): readonly Finding[] {
  const at = { ...spotOfDemand(permit), policy: permit.policy.id };
  const acting = people && actingIssuers(permit.json, people).map(({ name }) => name);
  if (acting?.length === 0)
    return isConsent(permit)
      ? []
      : [
          finding(
            "no_person_completes",
            at,
            'it is for agents that act for a person, and agents act for no people here: no people\'s issuer in valetkey.json has "onBehalf": true',
          ),
        ];
  if (acting && isOfOthers(permit, acting))
    return [
      finding(
        "no_person_completes",
        at,
        `it is for people of another issuer than agents act for (${acting.join(", ")}), so it grants nothing`,
      ),
    ];
  if (ofPeople.some((other) => mayShareActions(permit.json, other.json, catalogue) && mayShareResources(permit, other)))
    return [];
  return [
    finding(
      "no_person_completes",
      at,
      "it is for agents that act for a person, and no policy permits people any of it: what a person may not, no agent gets for them; write a permit with principal is User",
    ),
  ];
}

/** Finds a permit to give consents for people whose issuer does not let them sign one (`canSign`). */
function consentsNobodyGives(
  { json, policy, source }: ReadPolicy,
  people: KnownPeople | undefined,
): readonly Finding[] {
  if (!people || !namedActions(json)?.includes(GIVE_CONSENT)) return [];
  return actingIssuers(json, people)
    .filter(({ canSign }) => !canSign)
    .map(({ name }) =>
      finding(
        "consent_impossible",
        { ...source.spotOfAction(GIVE_CONSENT), policy: policy.id },
        `people of ${name} can give no consent: give the issuer console, and approvals with freshness auth_time or with acr`,
      ),
    );
}

const GIVE_CONSENT = "valetkey:GiveConsent";

/** Finds a permit that names no principal, and so applies to people as well as agents. */
function aboutPeopleToo({ json, policy, source }: ReadPolicy, people: KnownPeople | undefined): readonly Finding[] {
  const isCertain = people?.issuers.some(({ kind, onBehalf }) => kind === "people" && onBehalf) ?? false;
  if (!isCertain || json.principal.op !== "All" || namesPrincipal(json.conditions) || isOfOperations({ json }))
    return [];
  return [
    finding(
      "about_people_too",
      { ...source.spotOf("principal"), policy: policy.id },
      "it says nothing of its principal, so it permits people what it permits agents; write principal is Agent, or principal is User, where one is meant",
    ),
  ];
}

const isConsent = ({ policy }: ReadPolicy): boolean => policy.annotations.consent !== undefined;

/** True where the permit holds only for an agent that acts for a person. */
const demandsPerson = (permit: ReadPolicy): boolean => isConsent(permit) || (everyClause(permit, hasPerson) ?? false);

const hasPerson = ({ must }: Clause): boolean => must.some(({ about }) => about === HAS_PERSON);

const HAS_PERSON = JSON.stringify({ has: { left: { Var: "context" }, attr: "onBehalfOf" } });

/** True where each clause of the permit names an issuer for whose people agents do not act. */
const isOfOthers = (permit: ReadPolicy, acting: readonly string[]): boolean =>
  everyClause(permit, ({ must }) =>
    must.some(
      ({ about, glob: [first, ...more] }) =>
        about === "context.onBehalfOf.issuer" &&
        more.length === 0 &&
        first !== undefined &&
        typeof first !== "string" &&
        "literal" in first &&
        !acting.includes(first.literal),
    ),
  ) ?? false;

/** True where the test holds in each of the permit's clauses; undefined where there is no clause, or too many of them. */
function everyClause({ json }: ReadPolicy, test: (clause: Clause) => boolean): boolean | undefined {
  const clauses = clausesOf(json);
  return clauses === undefined || clauses.length === 0 ? undefined : clauses.every(test);
}

function mayBeOfAgents({ json: { principal } }: ReadPolicy): boolean {
  if (principal.op === "is") return principal.entity_type === "Agent";
  return principal.op === "All" || !("entity" in principal) || !isOfPeople(principal.entity);
}

function mayBeOfPeople({ json }: ReadPolicy, people: KnownPeople | undefined): boolean {
  const { principal } = json;
  const isHeadOfPeople =
    principal.op === "is"
      ? principal.entity_type === "User"
      : principal.op === "All" || !("entity" in principal) || isOfPeople(principal.entity);
  return isHeadOfPeople && (people === undefined || actingIssuers(json, people).length > 0);
}

const isOfPeople = (entity: object): boolean => "type" in entity && (entity.type === "User" || entity.type === "Group");

/** True unless no resource can meet both. */
function mayShareResources(one: ReadPolicy, other: ReadPolicy): boolean {
  const [own, others] = [clausesOf(one.json), clausesOf(other.json)];
  if (own === undefined || others === undefined) return true;
  return own.some((a) => others.some((b) => !isNever(resourceOf(a, b))));
}

const resourceOf = (...clauses: readonly Clause[]): Clause => {
  const ofResource = ({ about }: Clause["must"][number]) => about.startsWith("resource.");
  return {
    must: clauses.flatMap(({ must }) => must.filter(ofResource)),
    mustNot: clauses.flatMap(({ mustNot }) => mustNot.filter(ofResource)),
  };
};

/** True where conditions distinguish agents from people: they read the principal's type or identity, or for whom it acts. */
const namesPrincipal = (conditions: unknown): boolean =>
  nodesIn(conditions).some((node) => {
    const [is, has, equal, within] = [node.is, node.has, node["=="], node.in];
    return (
      isPrincipal(isNode(is) ? is.left : undefined) ||
      isPrincipal(isNode(equal) ? equal.left : undefined) ||
      isPrincipal(isNode(within) ? within.left : undefined) ||
      (isNode(has) && (has.attr === "onBehalfOf" || has.attr === "actor"))
    );
  });

const isPrincipal = (node: unknown): boolean => isNode(node) && node.Var === "principal";

const spotOfDemand = ({ source, policy }: ReadPolicy) =>
  policy.annotations.consent === undefined ? source.spotOf("onBehalfOf") : source.spotOfAnnotation("consent");
