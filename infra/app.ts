import { App } from "aws-cdk-lib";
import { addStacks } from "./add-stacks.ts";

const app = new App();
const given = (name: string): string | undefined => app.node.tryGetContext(`valetkey:${name}`);
const [configFile, policiesDir, outDir] = [given("config"), given("policies"), given("out")];
const { synth } = addStacks(app, {
  ...(configFile === undefined ? {} : { configFile }),
  ...(policiesDir === undefined ? {} : { policiesDir }),
  ...(outDir === undefined ? {} : { outDir }),
});
synth();
