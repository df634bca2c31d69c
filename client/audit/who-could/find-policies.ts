import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, normalize } from "node:path";
import { type DeploymentFiles, deploymentFiles } from "../../../infra/config/build-deployment.ts";
import { Usage } from "../command-line.ts";

/** Place of the policies and the configuration. In a repository both are relative to it. */
export interface Place {
  readonly policies: string;
  readonly config: string;
}

/** Policies with the hash that the log names. */
export interface FoundPolicies {
  readonly made: DeploymentFiles;
  /** Commit that has them; absent for a folder. */
  readonly commit?: string;
}

/** Most different versions of the files that are tried. Each is built as a deployment would be. */
const MOST_VERSIONS = 200;

/**
 * Reads the policies of a folder, which must have the hash.
 * @throws {Usage} with the way to find the right ones.
 */
export function policiesIn(place: Place, hash: string, at: string): FoundPolicies {
  const made = builtFrom(place.config, place.policies);
  if (made instanceof Error) throw new Usage(`${place.policies} and ${place.config} cannot be used: ${made.message}`);
  if (made.manifest.hash === hash) return { made };
  throw new Usage(
    `the policies in ${place.policies} with ${place.config} have the hash ${made.manifest.hash}, and at ${at} ${hash} was deployed. ${howToFind(place, at)}`,
  );
}

/** Says how to get the files of a moment out of git. */
const howToFind = (place: Place, at: string): string =>
  `To find the commit: git log --before=${at} --oneline -- ${pathsOf(place).join(" ")}; then git worktree add ../then <commit>, and name the folder and the file there with --policies and --config. --repository . looks for it. The hash is of these files and of the version of valetkey that deployed them`;

/**
 * Finds the commit of a repository whose files have the hash, beginning with the last one before the moment.
 * @param say progress.
 * @throws {Usage} where there is no such commit among the latest ones.
 */
export function policiesInRepository(
  repository: string,
  place: Place,
  wanted: { readonly hash: string; readonly at: string },
  say: (line: string) => void,
): FoundPolicies {
  const commits = commitsOf(repository, place, Date.parse(wanted.at));
  const tried = new Set<string>();
  for (const commit of commits) {
    if (tried.size >= MOST_VERSIONS) break;
    const files = git(repository, ["ls-tree", "-r", "-z", commit, "--", ...pathsOf(place)]);
    if (tried.has(files)) continue;
    tried.add(files);
    if (tried.size % 10 === 0) say(`${tried.size} versions of the policies were tried`);
    const made = builtAt(repository, files, place);
    if (!(made instanceof Error) && made.manifest.hash === wanted.hash) return { made, commit };
  }
  throw new Usage(
    `no commit of ${repository} has files with the hash ${wanted.hash}, which was deployed at ${wanted.at}: ${tried.size} versions of ${pathsOf(place).join(", ")} were tried. The hash is also of the version of valetkey: use the one that was deployed then`,
  );
}

/** Lists the commits that changed the files: those up to the moment, the latest first, and then the later ones. */
function commitsOf(repository: string, place: Place, atMs: number): readonly string[] {
  const commits = git(repository, ["log", "--format=%H %ct", "--", ...pathsOf(place)])
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" "))
    .map(([commit = "", seconds]) => ({ commit, isLater: Number(seconds) * 1_000 > atMs }));
  const later = commits.filter(({ isLater }) => isLater);
  return [...commits.filter(({ isLater }) => !isLater), ...later.toReversed()].map(({ commit }) => commit);
}

const baselineOf = (config: string): string => join(dirname(config), "threat-baseline.json");
const pathsOf = ({ policies, config }: Place): readonly string[] => [policies, config, baselineOf(config)];

/** Builds the files of a commit, in a folder of their own. @param listed answer of `git ls-tree -r -z`. */
function builtAt(repository: string, listed: string, place: Place): DeploymentFiles | Error {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-who-could-"));
  try {
    for (const entry of listed.split("\0").filter(Boolean)) {
      const [, mode, blob = "", path = ""] = /^(\d{6}) blob ([0-9a-f]{40,64})\t(.+)$/s.exec(entry) ?? [];
      // A link of a foreign repository may lead anywhere, and so may a path.
      if (!mode?.startsWith("100") || normalize(path).startsWith("..") || path.startsWith("/")) continue;
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), git(repository, ["cat-file", "blob", blob]));
    }
    return builtFrom(join(folder, place.config), join(folder, place.policies));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the files as a deployment would; the fault where they cannot be used. */
function builtFrom(configFile: string, policiesDir: string): DeploymentFiles | Error {
  try {
    return deploymentFiles({ configFile, policiesDir });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Runs git, which changes nothing. @throws {Usage} with git's own words. */
function git(repository: string, args: readonly string[]): string {
  try {
    return execFileSync("git", ["-C", repository, ...args], {
      encoding: "utf8",
      maxBuffer: MOST_BYTES,
      stdio: ["ignore", "pipe", "pipe"],
      env: gitEnv(),
    });
  } catch (error) {
    const { stderr = "" } = error as { readonly stderr?: string };
    const said = stderr.trim().split("\n")[0] || "git cannot be run";
    throw new Usage(`git ${args[0]} in ${basename(repository) || repository}: ${said}`);
  }
}

/** Environment of git: without a hook's variables, which would name another repository. */
const gitEnv = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  GIT_OPTIONAL_LOCKS: "0",
});

/** Most bytes of one answer of git. */
const MOST_BYTES = 67_108_864;
