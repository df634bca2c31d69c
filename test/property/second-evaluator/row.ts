import type { PolicyDocument, Request, Statement } from "./policy.ts";
import type { Decision } from "./rules.ts";

/** A decision that a page of the IAM User Guide documents for one policy and one request. */
export interface Row {
  readonly page: string;
  readonly says: string;
  readonly policy: PolicyDocument;
  readonly request: Request;
  readonly decision: Decision;
}

export const document = (...statements: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});

export const OBJECT = "arn:aws:s3:::examplebucket/a/b.txt";
export const READ: Request = { action: "s3:GetObject", resource: OBJECT, context: {} };
export const ALLOW: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

type Conditions = NonNullable<Statement["Condition"]>;
export type Told = Request["context"];

/** An Allow with these conditions. Each context has whether it meets them. */
export const conditions = (
  page: string,
  rows: readonly (readonly [says: string, Condition: Conditions, context: Told, isMet: boolean])[],
): readonly Row[] =>
  rows.map(([says, Condition, context, isMet]) => ({
    page,
    says,
    policy: document({ ...ALLOW, Condition }),
    request: { ...READ, context },
    decision: isMet ? "allowed" : "implicit deny",
  }));

/** One statement about actions or resources, and whether it matches the request. */
export const heads = (
  page: string,
  rows: readonly (readonly [says: string, head: Partial<Statement>, request: Partial<Request>, isMet: boolean])[],
): readonly Row[] =>
  rows.map(([says, head, request, isMet]) => {
    const { Action = "*", Resource = "*" } = head;
    const statement: Statement = {
      Effect: "Allow",
      ...("NotAction" in head ? { NotAction: head.NotAction ?? [] } : { Action }),
      ...("NotResource" in head ? { NotResource: head.NotResource ?? [] } : { Resource }),
    };
    const decision = isMet ? "allowed" : "implicit deny";
    return { page, says, policy: document(statement), request: { ...READ, ...request }, decision };
  });
