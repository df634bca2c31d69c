import { FUNCTIONS } from "../../contract/names.ts";
import { CONFIG, deployedStacks, HEARING, resourceWhere } from "./deployed-stacks.ts";

// Written out, not computed, as the rights are that name them.
export const SECRETS = "arn:aws:secretsmanager:eu-central-1:999900001111:secret";
export const PROBES = "arn:aws:sqs:eu-central-1:999900001111:valetkey-probes";
export const NOTICES = "arn:aws:sqs:eu-central-1:999900001111:valetkey-notices";
export const DEADLINES = "arn:aws:sqs:eu-central-1:999900001111:valetkey-deadlines";

export const takeFrom = (Resource: string | readonly string[]) => ({
  Sid: "TakeFromQueue",
  Effect: "Allow",
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
  Resource,
});

interface InlinePolicy {
  readonly PolicyDocument: {
    readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[];
  };
}

/** A hub with every function, the role of each function, and each statement of these roles. */
export function functionRoles() {
  const { hub } = deployedStacks({ ...CONFIG, ...HEARING });
  const roleOf = (name: string) => resourceWhere(hub, "AWS::IAM::Role", "RoleName", `valetkey-${name}`);
  const statements = FUNCTIONS.flatMap((name) =>
    (roleOf(name).Policies as InlinePolicy[]).flatMap((policy) =>
      policy.PolicyDocument.Statement.map((statement) => ({ name, statement })),
    ),
  );
  return { hub, roleOf, statements };
}
