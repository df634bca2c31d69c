import type { IssuedCredential } from "../task/held-task.ts";
import { IN_THE_WAY, VARIABLES } from "./connector-variables.ts";

/** Returns the variables of each credential that is the only one of its kind. Several of a kind have addresses only, since one variable cannot name two. */
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
 * Returns patterns of inherited variables that the command must not get. These are of a kind that this task issues itself, or of a surrounding
 * task, whose login is not for every process below it (`exec --narrow`, or an exec under another).
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
