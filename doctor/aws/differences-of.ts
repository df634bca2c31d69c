import { isDeepStrictEqual } from "node:util";
import type { StackTemplate } from "../synthesise.ts";

/** Lists the parts in which two templates differ: names of resources, or `outputs`. Ignores metadata that the CLI adds. */
export function differencesOf(deployed: StackTemplate, built: StackTemplate): readonly string[] {
  const [there, here] = [partsOf(deployed), partsOf(built)];
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  return names.filter((name) => !isDeepStrictEqual(there[name], here[name])).toSorted();
}

function partsOf({
  Resources: resources = {},
  Outputs: outputs = {},
}: StackTemplate): Readonly<Record<string, unknown>> {
  const kept = Object.entries(resources)
    // `cdk deploy` adds its own statistics, and the source path of each resource.
    .filter(([, { Type: type }]) => type !== "AWS::CDK::Metadata")
    .map(([name, resource]) => [name, { ...resource, Metadata: undefined }]);
  return ascii(Object.fromEntries([...kept, ["outputs", outputs]]));
}

/** Replaces characters beyond ASCII by question marks, as CloudFormation does. */
const ascii = (value: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(value).replace(/\P{ASCII}/gu, "?"));
