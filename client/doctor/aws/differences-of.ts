import { isDeepStrictEqual } from "node:util";
import type { StackTemplate } from "../synthesise.ts";

/** Lists the parts in which two templates differ: names of resources, or `outputs`. Ignores metadata that the CLI adds. */
export function differencesOf(deployed: StackTemplate, built: StackTemplate): readonly string[] {
  const [old, current] = [partsOf(deployed), partsOf(built)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(current)])];
  return names.filter((name) => !isDeepStrictEqual(old[name], current[name])).toSorted();
}

function partsOf({
  Resources: resources = {},
  Outputs: outputs = {},
}: StackTemplate): Readonly<Record<string, unknown>> {
  const compared = Object.entries(resources)
    // `cdk deploy` adds a resource with its own statistics, and each resource's source path as metadata.
    .filter(([, { Type: type }]) => type !== "AWS::CDK::Metadata")
    .map(([name, resource]) => [name, { ...resource, Metadata: undefined }]);
  return ascii(Object.fromEntries([...compared, ["outputs", outputs]]));
}

/** Replaces characters beyond ASCII by question marks, as CloudFormation does. */
const ascii = (value: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(value).replace(/\P{ASCII}/gu, "?"));
