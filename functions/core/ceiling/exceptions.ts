import type { AccountExceptions } from "../deployment/account-exceptions.ts";
import { contains, globFromIam } from "../text/glob.ts";

/** An action with the resources on which an account lets tasks do it, under a condition. */
export interface Exception {
  readonly action: keyof typeof EXCEPTED_FROM;
  /** ARNs; of a task definition, the revision may be `*`. */
  readonly resources: readonly string[];
  /** IAM condition key that must have one of the values. */
  readonly only?: { readonly key: string; readonly values: readonly string[] };
}

/** Entries of `NEVER` that have exceptions: for each action the pattern that covers it. */
export const EXCEPTED_FROM = {
  "iam:PassRole": "iam:*",
  "ecs:RunTask": "ecs:RunTask",
  "lambda:UpdateFunctionCode": "lambda:UpdateFunctionCode",
  "ssm:SendCommand": "ssm:SendCommand",
  "ssm:StartAutomationExecution": "ssm:StartAutomationExecution",
} as const satisfies Readonly<Record<string, string>>;

/** Condition keys of exceptions, which no intent may set. */
export const EXCEPTION_KEYS = { passedTo: "iam:PassedToService", cluster: "ecs:cluster" } as const;

/** Returns an account's exceptions; none where it opted into none. */
export function exceptionsOf({
  passRoles = [],
  runTasks,
  updateFunctions = [],
  sendCommands,
  startAutomations = [],
}: AccountExceptions = {}): readonly Exception[] {
  const found: (Exception | false)[] = [
    ...passRoles.map(
      ({ role, services }): Exception => ({
        action: "iam:PassRole",
        resources: [role],
        only: { key: EXCEPTION_KEYS.passedTo, values: services },
      }),
    ),
    runTasks !== undefined && {
      action: "ecs:RunTask",
      resources: runTasks.taskDefinitions,
      only: { key: EXCEPTION_KEYS.cluster, values: runTasks.clusters },
    },
    updateFunctions.length > 0 && { action: "lambda:UpdateFunctionCode", resources: updateFunctions },
    sendCommands !== undefined && {
      action: "ssm:SendCommand",
      resources: [...sendCommands.documents, ...sendCommands.targets],
    },
    startAutomations.length > 0 && { action: "ssm:StartAutomationExecution", resources: startAutomations },
  ];
  return found.filter((each) => each !== false);
}

/** Returns the exception that covers a whole target: one ARN, or a set. No exception covers a set of roles. */
export const exceptionFor = (
  action: string,
  target: string,
  exceptions: AccountExceptions | undefined,
): Exception | undefined =>
  exceptionsOf(exceptions).find(
    (each) =>
      each.action === action && each.resources.some((resource) => contains(globFromIam(resource), globFromIam(target))),
  );
