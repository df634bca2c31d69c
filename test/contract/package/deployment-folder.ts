import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDeploy } from "../../../tools/build-deploy.ts";
import { startProcess } from "./start-process.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules/", import.meta.url));

/** Folder with the package of a deployment installed in it, without the network: its dependencies are linked. */
export class DeploymentFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "valetkey-deployment-"));
  readonly installed = join(this.folder, "node_modules", "@valetkey", "deploy");

  async install(): Promise<this> {
    mkdirSync(dirname(this.installed), { recursive: true });
    await buildDeploy(this.installed);
    const { dependencies, peerDependencies } = JSON.parse(this.read("node_modules/@valetkey/deploy/package.json"));
    for (const name of Object.keys({ ...dependencies, ...peerDependencies }))
      symlinkSync(join(MODULES, name), join(this.folder, "node_modules", name));
    return this;
  }

  /** Runs the package's command in the folder. */
  valetkey(...args: readonly string[]) {
    return this.run([join(this.installed, "lib", "valetkey.mjs"), ...args]);
  }

  /**
   * Synthesises as `cdk synth` does, by the app that cdk.json names. Skips CDK's validation of the templates, which
   * test/infra runs.
   */
  synth(context: object = {}) {
    const [, app = ""] = String(JSON.parse(this.read("cdk.json")).app).split(" ");
    const env = { CDK_OUTDIR: join(this.folder, "cdk.out"), CDK_CONTEXT_JSON: JSON.stringify(context) };
    return this.run([app], { ...env, CDK_VALIDATION: "false" });
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const home = { HOME: this.folder, ...env };
    return startProcess(process.execPath, args, home, 100_000, () => undefined, this.folder);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
