import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";

export interface GeneratedKeyProps {
  readonly secretName: string;
  readonly description: string;
}

/** Secret with a generated text, from which a key of the exchange is made. No person needs to see the text, and only the exchange may read it. */
export class GeneratedKey extends Construct {
  constructor(scope: Construct, id: string, { secretName, description }: GeneratedKeyProps) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      secretName,
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // A new stack generates other keys: no seal of a live task of the old one can be verified then.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "Whoever rotates a secret has to read it, and the exchange alone may: a person changes it with one command (docs/decisions/0019).",
    });
  }
}
