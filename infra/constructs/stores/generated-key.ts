import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { generatedSecretPolicy } from "../../foreign-principals.ts";

export interface GeneratedKeyProps {
  readonly secretName: string;
  readonly description: string;
}

/** Secret with a generated text, from which a key of the exchange is made. No person needs to see the text, and only the exchange may read it. */
export class GeneratedKey extends Construct {
  constructor(scope: Construct, id: string, hub: HubScope, { secretName, description }: GeneratedKeyProps) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      secretName,
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // As the table: with another key, no seal in the table could be verified any more.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const statement of generatedSecretPolicy(secretName, hub))
      secret.addToResourcePolicy(PolicyStatement.fromJson(statement));
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "Whoever rotates a secret has to read it, and the exchange alone may: a person changes it with one command (docs/decisions/0019).",
    });
  }
}
