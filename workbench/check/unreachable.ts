import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../functions/core/catalogue/catalogue-action.ts";
import { disjoint, type Glob } from "../../functions/core/policy/glob.ts";
import type { ReadPolicy } from "../../scripts/parse-policies.ts";
import { type Clause, clausesOf, isNever } from "./clauses.ts";
import type { Finding } from "./finding.ts";
import { awsAction, namedActions } from "./heads.ts";

/** What a policy can never match, as far as its text and the catalogue tell: a forbid that never applies protects nothing. */
export function unreachable({ json, policy, file }: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  const at = { file, policy: policy.id };
  const all = clausesOf(json);
  if (all === undefined) return [];
  const clauses = all.filter((clause) => !isNever(withFacts(clause)));
  if (clauses.length === 0)
    return [{ level: "error", code: "never-holds", ...at, message: "its conditions can never hold; it does nothing" }];
  const dead = all.length - clauses.length;
  const alternatives: readonly Finding[] =
    dead === 0
      ? []
      : [
          {
            level: "warning",
            code: "never-holds-in-part",
            ...at,
            message: `${dead} of its ${all.length} alternatives can never hold`,
          },
        ];

  const named = (namedActions(json) ?? []).flatMap((name) => awsAction(name, catalogue) ?? []);
  const misfits = named.flatMap((action) => misfitOf(action, json.resource, clauses));
  if (misfits.length === 0) return alternatives;
  const level = misfits.length === (namedActions(json) ?? []).length ? "error" : "warning";
  return [...alternatives, ...misfits.map((message): Finding => ({ level, code: "never-fits", ...at, message }))];
}

/** What is true of every request: what an ARN and an account look like. */
function withFacts(clause: Clause): Clause {
  const isOdd = clause.must.some(
    ({ about, glob }) =>
      about === "resource.account" && glob.every((token) => token !== "any" && !/^\d{12}$/.test(token.literal)),
  );
  const never = { about: "resource.account", glob: [{ literal: "" }] };
  return { must: [...clause.must, ANY_ARN, ...(isOdd ? [never] : [])], mustNot: clause.mustNot };
}

const ANY_ARN = { about: "resource.arn", glob: globOf("arn:*:*:*:*:*") };

/** Why an action that the head names can never match, if so. */
function misfitOf(
  action: CatalogueAction,
  resource: ReadPolicy["json"]["resource"],
  clauses: readonly Clause[],
): readonly string[] {
  const type = resource.op === "is" ? resource.entity_type : undefined;
  if (action.resourceTypes.length === 0) {
    return type === "AWS::Resource"
      ? [
          `${action.name} takes no resource, so it is decided on AWS::Account: give it a policy with "resource is AWS::Account"`,
        ]
      : [];
  }
  if (type === "AWS::Account")
    return [`${action.name} takes a resource, so "resource is AWS::Account" never matches it`];
  const forms = action.resourceTypes.flatMap(({ arns }) => arns);
  const fits = clauses.some(({ must }) => {
    const wanted = must.filter(({ about }) => about === "resource.arn");
    return forms.some((form) => wanted.every(({ glob }) => !disjoint(glob, globOf(form.replace(/\$\{[^}]*\}/g, "*")))));
  });
  return fits
    ? []
    : [`${action.name} never fits the ARNs that the policy names; it takes ${forms.slice(0, 3).join(" or ")}`];
}

function globOf(text: string): Glob {
  return text.split("*").flatMap((literal, index): Glob => (index === 0 ? [{ literal }] : ["any", { literal }]));
}
