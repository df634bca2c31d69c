import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { Statement } from "../../infra/statement.ts";
import type { AllBut, ElsewhereDeny } from "../../infra/target-rights.ts";

const TARGET = "111122223333";

export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/**
 * Returns whether IAM allows the call to a role with these policies, by an evaluator that knows nothing of valetkey.
 */
export async function allows(
  statements: readonly (Statement | AllBut | ElsewhereDeny)[],
  { action, resource, context = {} }: Call,
  more: {
    readonly inline?: object;
    readonly boundary?: readonly (Statement | AllBut | ElsewhereDeny)[];
    readonly account?: string;
  } = {},
): Promise<boolean> {
  const { account = TARGET } = more;
  const document = (list: readonly (Statement | AllBut | ElsewhereDeny)[]) =>
    JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: list }));
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/role/session`,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: [
        { name: "rights", policy: document(statements) },
        ...(more.inline ? [{ name: "inline", policy: more.inline }] : []),
      ],
      ...(more.boundary ? { permissionBoundaryPolicies: [{ name: "boundary", policy: document(more.boundary) }] } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome));
  return outcome.overallResult === "Allowed";
}
