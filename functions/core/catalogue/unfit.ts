import { type ParsedArn, parseArn } from "./arn.ts";
import type { CatalogueAction } from "./catalogue-action.ts";
import { fitting } from "./fitting.ts";
import { isProblem, type Problem } from "./problem.ts";

/**
 * Explains that an ARN without an account, of a type whose ARNs have one, is AWS's own
 * (`arn:aws:ssm:eu-west-1::document/AWS-RunShellScript`). For such a resource, IAM's owner (`aws:ResourceAccount`) is
 * not the caller's account, and policies decide about resources of an account.
 * Source: "AWS global condition context keys", IAM User Guide.
 */
export function ownedByAws(action: CatalogueAction, arns: readonly ParsedArn[], account: string): Problem | undefined {
  const foreign = arns.find(
    (arn) =>
      fitting(action, arn).length === 0 && arn.account === "" && fitting(action, within(arn, account)).length > 0,
  );
  if (foreign === undefined) return undefined;
  return {
    problem:
      `${foreign.text} names no account, so it is AWS's own, and tasks get resources of their account only; ` +
      `use a copy there, such as ${within(foreign, account).text}.`,
  };
}

/**
 * Explains why an action applies to none of a detail's resources, and what to name instead. `*` is the account's own
 * resources where a call may name none (`takesNone`). Otherwise, or where the ARNs of its types name no account, `*`
 * would be every resource of every account.
 * @param arns resources of the detail: the objects of a bucket are named, or the bucket of objects.
 * Source: "Actions, resources, and condition keys for AWS services", Service Authorization Reference.
 */
export function unfit(action: CatalogueAction, isAny: boolean, arns: readonly ParsedArn[]): Problem {
  // The shortest first: an object's own ARN is read more often than that by an access point.
  const forms = action.resourceTypes
    .flatMap((type) => type.arns)
    .toSorted((a, b) => a.length - b.length)
    .slice(0, 3);
  const meant = isAny ? undefined : arns.map((arn) => meantInS3(action, arn)).find((each) => each !== undefined);
  return {
    problem: isAny
      ? `${action.name} has resource types, so "*" would be those of every account; name the account's own, with a * behind the fifth colon: ${forms.join(" or ")}.`
      : `${action.name} applies to none of the resources; it takes ${forms.join(" or ")}${meant === undefined ? "" : `, such as ${meant}`}.`,
  };
}

/** Returns the ARN of all objects of a bucket, or of the bucket of objects, where the action takes that one. */
function meantInS3(action: CatalogueAction, { text, service, resource }: ParsedArn): string | undefined {
  if (service !== "s3") return undefined;
  const [bucket = ""] = resource.split("/");
  const others = [`${bucket}/*`, bucket].filter((each) => each !== resource && !bucket.includes("*"));
  const arns = others.map((each) => parseArn(`${text.slice(0, -resource.length)}${each}`));
  return arns.flatMap((arn) => (!isProblem(arn) && fitting(action, arn).length > 0 ? [arn.text] : []))[0];
}

/** Returns the ARN with the account. */
function within(arn: ParsedArn, account: string): ParsedArn {
  const { partition, service, region, resource } = arn;
  return { ...arn, account, text: ["arn", partition, service, region, account, resource].join(":") };
}
