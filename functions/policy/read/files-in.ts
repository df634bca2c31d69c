import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { defined } from "../../core/defined.ts";
import { Problem } from "../problem.ts";
import type { PolicyFile } from "./parse-policies.ts";

/** Folder of example policies, which belongs to no team and is never deployed. */
const EXAMPLES = "examples";

/** Lists the Cedar files of the folder and of the teams' folders in it, by name. @param root folder that holds the schema. */
export const policyFiles = (folder: string, root = folder): readonly PolicyFile[] =>
  filesIn(folder, ".cedar").map((name) => {
    const path = join(folder, name);
    const team = teamOf(path, root);
    return { name, path, text: readFileSync(path, "utf8"), ...defined({ team }) };
  });

/** Names the team whose folder holds the file: `policies/data/lake.cedar` is the data team's. Undefined for a file of no team. */
export function teamOf(path: string, root: string): string | undefined {
  const [team = "", ...below] = relative(root, path).split(/[\\/]/);
  return below.length === 0 || team === ".." || team === EXAMPLES ? undefined : team;
}

/**
 * Lists the files with this ending, in the folder and below, by their relative names: `lake.cedar`, `data/lake.cedar`. Leaves the examples out.
 * @throws {Problem} for a link to a folder, whose content a review of this folder has not seen.
 */
export function filesIn(folder: string, ending: string, above = ""): readonly string[] {
  const entries = readdirSync(join(folder, above), { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const files = entries.filter((each) => !each.isDirectory() && each.name.endsWith(ending));
  const folders = entries.filter((each) => each.isDirectory() && !(above === "" && each.name === EXAMPLES));
  for (const link of entries.filter((each) => each.isSymbolicLink())) {
    const path = join(folder, above, link.name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new Problem(`${path} is a link to a folder; put the policies themselves there`);
  }
  return [
    ...files.map(({ name }) => `${above}${name}`),
    ...folders.flatMap(({ name }) => filesIn(folder, ending, `${above}${name}/`)),
  ];
}
