/** Error for configuration, policies or templates that cannot be used. People wrote them, so a stack trace would not help. */
export class ConfigProblem extends Error {
  override readonly name = "ConfigProblem";
}
