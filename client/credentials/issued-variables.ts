import type { IssuedCredential } from "../task/task.ts";
import { IN_THE_WAY, VARIABLES } from "./connector-variables.ts";

/** Variables for what there is one of its kind; of several nobody could say which is meant, and they have their addresses. */
export function issuedVariables(issued: readonly IssuedCredential[]): Readonly<Record<string, string>> {
  const variables = only(issued).flatMap(({ type, fields }) =>
    Object.entries(VARIABLES[type] ?? {}).flatMap(([field, variable]) => {
      const value = fields[field];
      return typeof value === "string" || typeof value === "number" ? [[variable, String(value)]] : [];
    }),
  );
  return Object.fromEntries(variables);
}

/**
 * Variables of ours that the command must not have: it is about to get others of the kind, or they are of a task around this one
 * (`exec --narrow`, or one under another), whose login is not for everybody below it.
 */
export function variablesInTheWay(issued: readonly IssuedCredential[], env: NodeJS.ProcessEnv): readonly RegExp[] {
  const given = new Set(only(issued).map(({ type }) => type));
  const isAround = (type: string): boolean =>
    Object.keys(env).some((name) => name.startsWith(`VALETKEY_CREDENTIALS_${type.toUpperCase()}_`));
  return Object.entries(IN_THE_WAY).flatMap(([type, pattern]) => (given.has(type) || isAround(type) ? [pattern] : []));
}

const only = (issued: readonly IssuedCredential[]): readonly IssuedCredential[] =>
  issued.filter(
    ({ type }) => Object.hasOwn(VARIABLES, type) && issued.filter((each) => each.type === type).length === 1,
  );
