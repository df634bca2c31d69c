import { App } from "aws-cdk-lib";
import { defined } from "../functions/core/defined.ts";
import { Problem } from "../functions/policy/problem.ts";
import { addStacks } from "./add-stacks.ts";
import { ConfigProblem } from "./config/config-problem.ts";

const app = new App();
const given = (name: string): string | undefined => app.node.tryGetContext(`valetkey:${name}`);
const [configFile, policiesDir, outDir] = [given("config"), given("policies"), given("out")];
try {
  const { synth } = addStacks(app, {
    ...defined({ configFile, policiesDir, outDir }),
  });
  synth();
} catch (error) {
  if (!(error instanceof ConfigProblem || error instanceof Problem)) throw error;
  // The fault is in files that people write: its place helps more than a stack trace.
  process.stderr.write(`\n${error.message.replace(/(?!\n)\p{C}/gu, " ")}\n\n`);
  process.exitCode = 1;
}
