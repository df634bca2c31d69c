import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { type AssetCode, Code } from "aws-cdk-lib/aws-lambda";
import type { FunctionName } from "../../../contract/names.ts";
import { type Bundle, bundleOf, CEDAR_MODULE, sourceOf } from "../../bundle-function.ts";

/**
 * Returns the deployed code of a function. The function is bundled when CDK bundles the stack.
 * @param beside files and directories to ship with the bundle: name in the bundle, and source.
 */
export function bundledCode(name: FunctionName, beside: Readonly<Record<string, string>>): AssetCode {
  const tryBundle = (to: string): boolean => {
    const bundle = bundleOf(name);
    if (!(CEDAR_MODULE in beside)) refuseCedar(name, bundle);
    for (const [path, contents] of bundle) {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      writeFileSync(join(to, path), contents);
    }
    for (const [path, from] of Object.entries(beside)) cpSync(from, join(to, path), { recursive: true });
    return true;
  };
  return Code.fromAsset(sourceOf(name), {
    assetHashType: AssetHashType.OUTPUT,
    // The image is never started: bundling on this machine succeeds or throws.
    bundling: { image: DockerImage.fromRegistry("none"), local: { tryBundle } },
  });
}

/** Throws where a bundle has Cedar's loader without its module: the function would fail at its first start. */
export function refuseCedar(name: FunctionName, bundle: Bundle): void {
  if ([...bundle.values()].some((contents) => Buffer.from(contents).includes(CEDAR_MODULE)))
    throw new Error(`${name} imports Cedar: ship its module in hub-functions.ts, or do not import it`);
}
