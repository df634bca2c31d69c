import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Runs on any Node from 20 on, after each install. npm 10 links no `node` where packages for other machines have the same program, and npm's scripts would
// run on the Node of the machine.
const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
const link = join(modules, ".bin", "node");
const [own] = readdirSync(modules).filter((name) => /^node-(bin-)?(linux|darwin)-/.test(name));
if (own && !existsSync(link)) symlinkSync(join("..", own, "bin", "node"), link);
