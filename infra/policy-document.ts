import { PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { BusStatement } from "./bus-rights.ts";
import type { ForeignDeny } from "./foreign-principals.ts";
import type { Statement } from "./statement.ts";
import type { AllBut, ElsewhereDeny, TrustStatement } from "./target-rights.ts";

/** Converts statements to CDK's document in the same order. CDK must not merge or re-sort statements, since people read them. */
export function policyDocument(
  statements: readonly (Statement | AllBut | ElsewhereDeny | TrustStatement | BusStatement | ForeignDeny)[],
): PolicyDocument {
  return new PolicyDocument({
    minimize: false,
    statements: statements.map((statement) => PolicyStatement.fromJson(statement)),
  });
}
