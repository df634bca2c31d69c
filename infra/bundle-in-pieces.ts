import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type BuildOptions, type BuildResult, buildSync, type Metafile } from "esbuild";

/** Name of the entry, which the first pass writes and Lambda imports. */
const INDEX = "index.mjs";

/** File with all modules that a start loads. */
const MAIN = "main.mjs";

/**
 * Imports the function and waits until its ports are loaded. Lambda gives a whole vCPU until the entry is imported, and afterwards the part that the memory
 * pays for. The wait is in a file of its own, since modules that load meanwhile import from `main.mjs`.
 */
const ENTRY = `import*as main from"./${MAIN}";export*from"./${MAIN}";await main.handler?.loaded;`;

/**
 * Bundles an entry into a short `index.mjs`, a `main.mjs` with all modules that a start loads, and a file for each dynamic import. esbuild puts modules that
 * two of these files share into files of their own, 77 for the exchange. Finding and linking them took a fifth of a start's CPU time. A second pass therefore
 * joins the shared files that a start loads, and the other files import from `main.mjs`. Each module exists once, with one state and one set of classes.
 * @returns files by their names.
 */
export const bundleInPieces = (entry: string, options: BuildOptions): ReadonlyMap<string, Uint8Array> =>
  joinPieces(buildSync(inPieces(entry, options)), options);

/** Options of the first pass, for callers that run it themselves, with plugins. */
export const inPieces = (entry: string, options: BuildOptions) =>
  ({
    // The hashes in file names are of paths relative to the entry, so they do not depend on the command's folder.
    ...options,
    absWorkingDir: dirname(entry),
    outdir: dirname(entry),
    entryPoints: { index: entry },
    splitting: true,
    write: false,
    metafile: true,
  }) as const satisfies BuildOptions;

/** Runs the second pass. @returns files by their names. */
export function joinPieces(
  { outputFiles, metafile }: Pick<BuildResult<{ write: false; metafile: true }>, "outputFiles" | "metafile">,
  options: BuildOptions,
): ReadonlyMap<string, Uint8Array> {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const pieces: readonly Piece[] = outputFiles.map(({ path, text }) => {
    const { exports = [], imports = [] } = outputs.get(basename(path)) ?? {};
    return { name: basename(path), text, exports, imports };
  });
  const early = loadedWith(INDEX, pieces);
  const shared = pieces.filter(({ name }) => name !== INDEX && early.has(name));
  const later = pieces.filter(({ name }) => !early.has(name));
  const index = joined(pieces, shared, later, options);
  return new Map([
    [INDEX, Buffer.from(ENTRY)],
    [MAIN, index],
    ...later.map(({ name, text }) => [name, Buffer.from(redirected(text, shared))] as const),
  ]);
}

interface Piece {
  readonly name: string;
  readonly text: string;
  readonly exports: readonly string[];
  readonly imports: Metafile["outputs"][string]["imports"];
}

/** Lists the names of the pieces that are loaded with a piece. */
function loadedWith(name: string, pieces: readonly Piece[], known = new Set<string>()): ReadonlySet<string> {
  if (known.has(name)) return known;
  known.add(name);
  for (const { path, kind } of pieces.find((piece) => piece.name === name)?.imports ?? [])
    if (kind === "import-statement") loadedWith(basename(path), pieces, known);
  return known;
}

/** Joins the index and the shared pieces. Exports each name that others import under a unique name, since two pieces may export the same name. */
function joined(
  pieces: readonly Piece[],
  shared: readonly Piece[],
  later: readonly Piece[],
  options: BuildOptions,
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-pieces-"));
  try {
    const { js: banner = "" } = options.banner ?? {};
    for (const { name, text } of pieces) writeFileSync(join(folder, name), text.replace(banner, ""));
    const again = shared.map(
      ({ name, exports }) => `export{${exports.map((each) => `${each} as ${unique(name, each)}`)}}from"./${name}";`,
    );
    writeFileSync(join(folder, "joined.mjs"), [`export*from"./${INDEX}";`, ...again].join("\n"));
    const { outputFiles } = buildSync({
      ...options,
      absWorkingDir: folder,
      entryPoints: { index: join(folder, "joined.mjs") },
      outdir: folder,
      write: false,
      external: later.map(({ name }) => `./${name}`),
    });
    const [index] = outputFiles;
    if (!index || outputFiles.length > 1) throw new Error("what a start loads did not fit into one file");
    return index.contents;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const unique = (piece: string, name: string): string => `${basename(piece, ".mjs").replace("-", "_")}_${name}`;

/** Names that esbuild imports from a piece: `import{a as b,c}from"./chunk-ABC.mjs";`, or none. */
const IMPORT = /import(?:\{([^}]*)\}from)?"\.\/([\w-]+\.mjs)";/g;

/** Redirects a piece's imports of shared pieces to the file that joins them. @throws {Error} where one is left, whose module would be missing. */
function redirected(text: string, shared: readonly Piece[]): string {
  const names = new Set(shared.map(({ name }) => name));
  const changed = text.replaceAll(IMPORT, (whole, imported: string | undefined, from: string) => {
    if (!names.has(from)) return whole;
    const list = imported?.split(",").map((each) => {
      const [name = "", as = name] = each.split(" as ");
      return `${unique(from, name)} as ${as}`;
    });
    return list ? `import{${list}}from"./${MAIN}";` : "";
  });
  const left = [...names].find((name) => changed.includes(name));
  if (left) throw new Error(`an import of ${left} was not redirected`);
  return changed;
}
