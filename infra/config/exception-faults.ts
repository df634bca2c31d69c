import { type EXCEPTED_FROM, exceptionsOf } from "../../functions/core/ceiling/exceptions.ts";
import type { Config } from "./schema.ts";

/** Resources that no exception may name: valetkey's own, those that deploy the account, and documents of AWS, which run any given command. */
const OUT_OF_REACH = /[:/](valetkey[-/]|cdk-|aws-service-role\/|aws-reserved\/|AWS-|AWS[A-Z]\w*-|Amazon[A-Z]?\w*-)/;

/** Lists faults of an account's exceptions that the schema cannot find. */
export function exceptionFaults(
  { id, region, ceiling = [], exceptions }: Config["accounts"][number],
  partition: string,
): readonly string[] {
  const place = `accounts: ${id} has the exception`;
  const all = exceptionsOf(exceptions);
  const named = all.flatMap(({ resources, only }) => [
    ...resources,
    ...(only?.values.filter((value) => value.startsWith("arn:")) ?? []),
  ]);
  const roles = exceptions?.passRoles?.map(({ role }) => role) ?? [];
  return [
    ...named
      .filter((arn) => arn.split(":")[4] !== id || arn.split(":")[1] !== partition)
      .map((arn) => `${place} ${arn}, which is not in the account`),
    ...named
      .filter((arn) => ![region, ""].includes(arn.split(":")[3] ?? ""))
      .map((arn) => `${place} ${arn}, which is not in the account's Region, ${region}`),
    ...named
      .filter((arn) => OUT_OF_REACH.test(arn))
      .map((arn) => `${place} ${arn}, which is valetkey's own, AWS's, or deploys the account; no task may reach it`),
    ...roles
      .filter((role, index) => roles.indexOf(role) !== index)
      .map((role) => `${place} ${role} twice; list its services together`),
    ...all
      .filter(({ action }) => ceiling.some((pattern) => covers(pattern, action)))
      .map(
        ({ action }) => `accounts: ${id} has ${action} in its ceiling and as an exception; take it out of the ceiling`,
      ),
  ];
}

/** Returns true where a ceiling's pattern covers the action. */
const covers = (pattern: string, action: keyof typeof EXCEPTED_FROM): boolean =>
  new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(action);
