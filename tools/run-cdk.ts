#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installTools } from "./install-tools.ts";

// `npx cdk` in a checkout: npm runs the repository's own program before it would fetch a package of that name.
installTools("deployment");
const cdk = fileURLToPath(new URL("../node_modules/aws-cdk/bin/cdk", import.meta.url));
process.exitCode = spawnSync(process.execPath, [cdk, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
