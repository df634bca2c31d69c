import { policyDocument } from "./policy-document.ts";
import type { Statement } from "./statement.ts";

/** IAM's limits, without white space. Source: "IAM and AWS STS quotas", IAM User Guide. For limits that can be raised: the default. */
export const IAM_LIMITS = {
  /** Characters of all inline policies of a role together. */
  inlineCharacters: 10_240,
  /** Characters of a managed policy. */
  managedCharacters: 6_144,
  /** Managed policies of one role. */
  managedPolicies: 10,
  /** Characters of a role's trust policy. */
  trustCharacters: 2_048,
} as const;

/** Statements of a role, split within IAM's limits. */
export interface PackedStatements {
  readonly inline: readonly Statement[];
  /** One list for each managed policy. */
  readonly managed: readonly (readonly Statement[])[];
}

/** Counts the characters of statements as a policy. */
const charactersOf = (statements: readonly Statement[]): number =>
  JSON.stringify(policyDocument(statements).toJSON()).length;

/**
 * Distributes statements over a role's inline policy and, where that is full, over managed policies. Keeps their order within each.
 * @throws {Error} where one statement is too large for a managed policy, or where there are too many policies.
 */
export function packStatements(statements: readonly Statement[]): PackedStatements {
  const inline: Statement[] = [];
  const managed: Statement[][] = [];
  for (const statement of statements) {
    const { inlineCharacters, managedCharacters } = IAM_LIMITS;
    if (charactersOf([...inline, statement]) <= inlineCharacters) inline.push(statement);
    else if (charactersOf([statement]) > managedCharacters)
      throw new Error(`the statement ${statement.Sid} takes more than the ${managedCharacters} characters of a policy`);
    else {
      const open = managed.find((policy) => charactersOf([...policy, statement]) <= managedCharacters);
      if (open) open.push(statement);
      else managed.push([statement]);
    }
  }
  if (managed.length > IAM_LIMITS.managedPolicies)
    throw new Error(`a role's statements take ${managed.length} managed policies of ${IAM_LIMITS.managedPolicies}`);
  return { inline, managed };
}
