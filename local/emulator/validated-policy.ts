import {
  createValidatedPolicy,
  type ValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
} from "@cloud-copilot/iam-policy";

/**
 * Remembers the faults that the evaluator finds in a document. Documents never change, and the check takes as long as a
 * decision.
 */
function validatedOnce(validate: typeof validateIdentityPolicy): (document: object) => ValidatedPolicy {
  const known = new WeakMap<object, ValidatedPolicy>();
  return (document) => {
    const validated = known.get(document) ?? createValidatedPolicy(document, validate);
    known.set(document, validated);
    return validated;
  };
}

/** Makes a policy of a role, a boundary or a session ready for the evaluator. */
export const identityPolicy = validatedOnce(validateIdentityPolicy);

/** Makes a policy of a resource ready for the evaluator. */
export const resourcePolicy = validatedOnce(validateResourcePolicy);
