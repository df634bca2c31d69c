import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { SIGNET_SECRET } from "../../functions/names.ts";

/** The secret that the exchange's sealing key is made from. Its text is generated: nobody has to see it, and the exchange alone may read it. */
export class Signet extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      secretName: SIGNET_SECRET,
      description: "valetkey: what the exchange seals task records with; read by the exchange alone",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // Without it no live task is believed any more; a stack that is made anew makes another.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "Whoever rotates a secret has to read it, and the exchange alone may: a person changes it with one command (docs/decisions/0019).",
    });
  }
}
