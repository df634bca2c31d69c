import type { CatalogueAction } from "../../catalogue/catalogue-action.ts";

/**
 * True where a call of the action may reach IAM without the tags of a resource of the type. The proof's own reading, of
 * the same pages as the compiler's table (`functions/core/iam-facts/tags.ts`): "AWS services that work with IAM", IAM
 * User Guide, column "ABAC"; the guides of Amazon S3 and Amazon DynamoDB on attribute-based access control, both of
 * which need a setting; and "Grant a user permissions to pass a role", IAM User Guide, on the tags of a passed role.
 */
export function mayLackTags({ name, service }: Pick<CatalogueAction, "name" | "service">, type: string): boolean {
  switch (service) {
    case "s3":
      return type === "bucket";
    case "lambda":
      return type !== "function";
    case "codebuild":
      return type !== "project";
    case "xray":
      return type !== "group" && type !== "sampling-rule";
    case "iam":
      return name === "iam:PassRole";
    default:
      return PARTIAL.has(service);
  }
}

const PARTIAL: ReadonlySet<string> = new Set(
  "datapipeline dynamodb elasticfilesystem elasticloadbalancing glue greengrass lightsail logs".split(" "),
);
