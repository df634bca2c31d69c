/** Configuration, policies or templates that cannot be used: a fault of what people wrote, which a stack trace explains no better. */
export class ConfigProblem extends Error {
  override readonly name = "ConfigProblem";
}
