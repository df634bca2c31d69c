import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../core/catalogue/catalogue-action.ts";
import { mayNameNone } from "../../core/catalogue/unnamed.ts";
import { isAccountId } from "../../core/deployment/account-id.ts";
import { literalHead } from "../../core/policy/remainders.ts";
import { disjoint, type Glob } from "../../core/text/glob.ts";
import { type Finding, finding } from "../read/finding.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { type Clause, clausesOf, type Fact, isNever } from "./clauses.ts";
import { awsAction, namedActions } from "./heads.ts";

/** Finds conditions and actions that a policy can never match, by its text and the catalogue. A forbid that never applies protects nothing. */
export function unreachable({ json, policy, source }: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  const at = (spot = source.spot()) => ({ ...spot, policy: policy.id });
  const all = clausesOf(json);
  if (all === undefined) return [];
  const clauses = all.filter((clause) => !isNever(withFacts(clause)));
  if (clauses.length === 0) return [finding("never_holds", at(), "its conditions can never hold; it does nothing")];
  const dead = all.length - clauses.length;
  const alternatives =
    dead === 0
      ? []
      : [finding("never_holds_in_part", at(), `${dead} of its ${all.length} alternatives can never hold`)];

  const names = namedActions(json) ?? [];
  const misfits = names.flatMap((name) => {
    const action = awsAction(name, catalogue);
    const why = action && misfitOf(action, json.resource, clauses);
    return why === undefined ? [] : [{ name, why }];
  });
  const code = misfits.length === names.length ? "never_fits" : "never_fits_in_part";
  return [...alternatives, ...misfits.map(({ name, why }) => finding(code, at(source.spotOfAction(name)), why))];
}

/** Adds facts that hold for every request: the forms of an ARN and an account, and the resource's attributes that its ARN contains. */
export function withFacts(clause: Clause): Clause {
  const isOdd = clause.must.some(
    ({ about, glob }) =>
      about === "resource.account" && glob.every((token) => token !== "any" && !isAccountId(token.literal)),
  );
  const never = { about: "resource.account", glob: [{ literal: "" }] };
  const parts = clause.must.flatMap(({ about, glob }) => (about === "resource.arn" ? partsOf(glob) : []));
  return { must: [...clause.must, ANY_ARN, ...parts, ...(isOdd ? [never] : [])], mustNot: clause.mustNot };
}

const PARTS = ["", "", "resource.service", "resource.region", "resource.account"];

/** Lists the resource's attributes that an ARN contains, up to the first wildcard. An ARN without an account gives no account. */
function partsOf(arn: Glob): readonly Fact[] {
  const known = literalHead(arn).split(":").slice(0, -1);
  return known.flatMap((literal, index) => {
    const about = PARTS[index] ?? "";
    return about === "" || (about === "resource.account" && literal === "") ? [] : [{ about, glob: [{ literal }] }];
  });
}

const ANY_ARN = { about: "resource.arn", glob: globOf("arn:*:*:*:*:*") };

/** Returns the reason why an action of the head can never match; undefined where it can. */
function misfitOf(
  action: CatalogueAction,
  resource: ReadPolicy["json"]["resource"],
  clauses: readonly Clause[],
): string | undefined {
  const type = resource.op === "is" ? resource.entity_type : undefined;
  if (action.resourceTypes.length === 0) {
    return type === "AWS::Resource"
      ? `${action.name} takes no resource, so it is decided on AWS::Account: give it a policy with "resource is AWS::Account"`
      : undefined;
  }
  if (type === "AWS::Account" && mayNameNone(action)) return undefined;
  if (type === "AWS::Account") return `${action.name} takes a resource, so "resource is AWS::Account" never matches it`;
  const forms = action.resourceTypes.flatMap(({ arns }) => arns);
  const fits = clauses.some(({ must }) => {
    const wanted = must.filter(({ about }) => about === "resource.arn");
    return forms.some((form) => wanted.every(({ glob }) => !disjoint(glob, globOf(form.replace(/\$\{[^}]*\}/g, "*")))));
  });
  return fits
    ? undefined
    : `${action.name} never fits the ARNs that the policy names; it takes ${forms.slice(0, 3).join(" or ")}`;
}

function globOf(text: string): Glob {
  return text.split("*").flatMap((literal, index): Glob => (index === 0 ? [{ literal }] : ["any", { literal }]));
}
