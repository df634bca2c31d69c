import { isDeepStrictEqual } from "node:util";
import type { StackTemplate } from "../synthesise.ts";

/** Parts of a template in which a difference is one of what is deployed; resources by their names, and what the CLI adds is left out. */
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
    // `cdk deploy` adds its own statistics, and says of each resource where its code is.
    .filter(([, { Type: type }]) => type !== "AWS::CDK::Metadata")
    .map(([name, resource]) => [name, { ...resource, Metadata: undefined }]);
  return ascii(Object.fromEntries([...kept, ["outputs", outputs]]));
}

/** CloudFormation gives back what is not ASCII as question marks. */
const ascii = (value: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(value).replace(/\P{ASCII}/gu, "?"));
