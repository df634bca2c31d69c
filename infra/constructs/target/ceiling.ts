import { Validations } from "aws-cdk-lib";
import { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { AccountExceptions } from "../../../functions/core/deployment/account-exceptions.ts";
import type { HeldActions } from "../../../functions/core/deployment/held-in.ts";
import type { Prefixed } from "../../../functions/hub-names.ts";
import { policyDocument } from "../../policy-document.ts";
import { ceiling, ceilingPolicy, heldDenies, heldPolicyName } from "../../target-rights.ts";

/** IAM's limit for a managed policy, white space not counted; characters. */
const MANAGED_POLICY_CHARACTERS = 6_144;

/** Managed policy that bounds the rights of every task in this account. */
export class Ceiling extends Construct {
  readonly policy: ManagedPolicy;
  /** Policies that deny every action that the ceiling does not name; empty where the ceiling is not spelled out in names. */
  readonly held: readonly ManagedPolicy[];

  /** @throws {Error} when the account lists more actions than a managed policy can hold. */
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly partition: string;
      readonly hub: Prefixed;
      readonly actions?: readonly string[];
      readonly ownSecretArns?: readonly string[] | undefined;
      readonly exceptions?: AccountExceptions | undefined;
      readonly held?: HeldActions | undefined;
    },
  ) {
    super(scope, id);
    const { allow, deny } = ceiling(props.partition, props.actions, props.ownSecretArns, props.exceptions);
    const document = policyDocument([...allow, ...deny]);
    const characters = JSON.stringify(document.toJSON()).length;
    if (characters > MANAGED_POLICY_CHARACTERS) {
      throw new Error(
        `the ceiling takes ${characters} of ${MANAGED_POLICY_CHARACTERS} characters: shorten the account's \`ceiling\` in valetkey.json (patterns such as s3:Get* are short), or take exceptions out`,
      );
    }
    this.policy = new ManagedPolicy(this, "Policy", {
      managedPolicyName: ceilingPolicy(props.hub),
      description: "valetkey: all that any task can ever have here; also the boundary of each task role",
      document,
    });
    const { held } = props;
    this.held = (held ? heldDenies(held) : []).map(
      (deny, index) =>
        new ManagedPolicy(this, `Held${held?.mark}${index}`, {
          ...(held ? { managedPolicyName: heldPolicyName(held, index, props.hub) } : {}),
          description: "valetkey: denies tasks every action that the ceiling does not name",
          document: policyDocument([deny]),
        }),
    );
    const named = allow
      .flatMap(({ Resource }) => Resource)
      .filter((resource) => resource !== "*" && resource.includes("*"));
    const wide = allow.flatMap((statement) => statement.Action).filter((action) => action.includes("*"));
    Validations.of(this.policy).acknowledge(
      ...["Resource::*", ...wide.map((action) => `Action::${action}`), ...named.map((arn) => `Resource::${arn}`)].map(
        (finding) => ({
          id: `AwsSolutions-IAM5[${finding}]`,
          reason:
            "A ceiling, not a grant: of the two that the task roles trust, the exchange never assumes them without a session policy that names each action and resource, and the probe is denied all but one call.",
        }),
      ),
    );
  }
}
