import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { SIGNET_SECRET } from "../../functions/names.ts";

/** Secret from which the exchange's sealing key is derived. Its text is generated, nobody needs to see it, and only the exchange may read it. */
export class Signet extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      secretName: SIGNET_SECRET,
      description: "valetkey: key that seals task records; only the exchange reads it",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // Without the secret no seal of a live task can be verified; a new stack generates another secret.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "Whoever rotates a secret has to read it, and the exchange alone may: a person changes it with one command (docs/decisions/0019).",
    });
  }
}
