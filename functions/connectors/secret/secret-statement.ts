/** Statement of a session policy. */
export interface ReadSecretStatement {
  readonly Effect: "Allow";
  readonly Action: "secretsmanager:GetSecretValue";
  readonly Resource: readonly string[];
  readonly Condition: { readonly "ForAnyValue:StringEquals": { readonly "secretsmanager:VersionStage": "AWSCURRENT" } };
}

/**
 * Makes the statement by which a task's AWS session reads exactly these secrets by itself. The session reads the
 * current value only, and neither a replaced value nor that of an unfinished rotation.
 * @param arns ARNs with their six random characters: a secret that is created anew under the same name is another
 * secret.
 */
export const readSecretStatement = (arns: readonly string[]): ReadSecretStatement => ({
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: arns,
  // The key has a set of values, hence `ForAnyValue`. A request that names a version and no stage has none of the
  // values, and is refused.
  Condition: { "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } },
});
