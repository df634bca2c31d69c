/**
 * Openings of commands that CI runners obey anywhere in a line of a job's output: `##[save-state ...]` (GitHub, its first form),
 * `##vso[task.setvariable ...]` (Azure Pipelines), `##teamcity[...]`. Source: actions/runner, `ActionCommand.TryParse`.
 */
const ANYWHERE = /##(?=\w*\[)/g;
/** Openings of GitHub's commands at the start of a line, after spaces: `::set-output name=x::y`. Source: actions/runner, `ActionCommand.TryParseV2`. */
const AT_START = /^(\s*):(?=:.+?::)/gm;

/** Breaks commands to CI runners in printed text by a space. Other texts stay as they are: `::1`, `# [x]`. */
export const withoutRunnerCommands = (text: string): string => text.replace(ANYWHERE, "# #").replace(AT_START, "$1: ");

/** Escapes commands to CI runners in serialized JSON or in YAML's double quotes, which then have the same values. */
export const escapedRunnerCommands = (json: string): string => json.replace(ANYWHERE, "#\\u0023");
