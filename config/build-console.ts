import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { SITE_FILE, type Site, type SiteFile } from "../functions/console/site.ts";
import { consoleHeaders, consoleSettings } from "./console.ts";
import type { Config } from "./schema.ts";

const SOURCES = fileURLToPath(new URL("../console/", import.meta.url));

/** Content of an immutable address never changes: its name is the content's hash. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * Builds the console: one script, one style, an icon, the document of every page, and the settings; all compressed and in one file, with the headers.
 * @returns the directory, shipped with the function `console`.
 */
export function buildConsole({ config, outDir }: { readonly config: Config; readonly outDir: string }): string {
  const settings = JSON.stringify(consoleSettings(config));
  const assets = {
    script: named("app", "js", "text/javascript; charset=utf-8", bundled("main.tsx")),
    style: named("style", "css", "text/css; charset=utf-8", bundled("style.css")),
    icon: named("icon", "svg", "image/svg+xml", readFileSync(join(SOURCES, "icon.svg"))),
  };
  const page = readFileSync(join(SOURCES, "page.html"), "utf8")
    .replace("{settings}", () => escaped(settings))
    .replace(/\{(script|style|icon)\}/g, (_, name: keyof typeof assets) => assets[name].path);
  const site: Site = {
    headers: consoleHeaders(config),
    page: siteFile("text/html; charset=utf-8", "no-store", page),
    files: {
      "/config.json": siteFile("application/json", "no-store", settings),
      ...Object.fromEntries(Object.values(assets).map(({ path, file }) => [path, file])),
    },
  };
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, SITE_FILE), JSON.stringify(site));
  return outDir;
}

function bundled(entry: string): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [join(SOURCES, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry}: esbuild wrote nothing`);
  return file.contents;
}

function named(name: string, extension: string, type: string, content: Uint8Array) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, file: siteFile(type, IMMUTABLE, content) };
}

const siteFile = (type: string, cacheControl: string, content: string | Uint8Array): SiteFile => ({
  ...{ type, cacheControl },
  gzip: gzipSync(content, { level: 9 }).toString("base64"),
});

/** Escapes text for an attribute in double quotes. */
const escaped = (text: string): string => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
