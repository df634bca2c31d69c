type Environment = NodeJS.ProcessEnv;

/** Reads an input of the action, as the runner passes it; undefined for an empty one. Source: "Metadata syntax", GitHub Actions. */
export const input = (env: Environment, name: string): string | undefined =>
  env[`INPUT_${name.toUpperCase()}`]?.trim() || undefined;

/** True where the step needs a task; false where it only installs the command. */
export const needsTask = (env: Environment): boolean =>
  input(env, "allow") !== undefined || input(env, "intent") !== undefined;

/** Converts the inputs to options of `valetkey exec` and `valetkey serve`. The command checks their values. */
export function taskOptions(env: Environment): string[] {
  const named = (["url", "audience", "account", "intent", "ttl"] as const).flatMap((name) => {
    const value = input(env, name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const allowed = (input(env, "allow") ?? "").split("\n").map((line) => line.trim());
  return [
    ...named,
    `--purpose=${input(env, "purpose") ?? purposeOf(env)}`,
    ...allowed.filter((line) => line !== "" && !line.startsWith("#")).map((line) => `--allow=${line}`),
    ...(input(env, "accept-less") === "true" ? ["--accept-less"] : []),
  ];
}

/** Purpose that leads to the run; at most 256 characters, as the service wants it. */
const purposeOf = ({ GITHUB_WORKFLOW, GITHUB_REPOSITORY, GITHUB_RUN_ID }: Environment): string =>
  [...`${GITHUB_WORKFLOW ?? "workflow"} of ${GITHUB_REPOSITORY ?? "a repository"}, run ${GITHUB_RUN_ID ?? "0"}`]
    .slice(0, 256)
    .join("");
