/** One statement of a session policy. */
export interface ReadSecretStatement {
  readonly Effect: "Allow";
  readonly Action: "secretsmanager:GetSecretValue";
  readonly Resource: readonly string[];
  readonly Condition: { readonly "ForAnyValue:StringEquals": { readonly "secretsmanager:VersionStage": "AWSCURRENT" } };
}

/**
 * Statement by which a task's AWS session reads those secrets by itself: exactly these, and the current value only, so that it reads
 * neither a value that a rotation is about to put in force nor one that was withdrawn.
 * @param arns with their six random characters: a secret that is made anew under the same name is another one.
 */
export const readSecretStatement = (arns: readonly string[]): ReadSecretStatement => ({
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: arns,
  // The key has a set of values (so `ForAnyValue`); a request that names a version and no stage has none of them, and is refused.
  Condition: { "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } },
});
