import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SITE_FILE, type Site, type SiteFile } from "../../functions/console/site.ts";
import { consoleHeaders, consoleSettings } from "./console.ts";
import { consoleFile } from "./console-files.ts";
import type { Config } from "./schema.ts";

/** Cache headers of an address whose content never changes, since its name contains the content's hash. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * Builds the console: one script, one style, an icon, the document of every page, and the settings. All are compressed in one file, with the headers.
 * @returns the directory, shipped with the function `console`.
 */
export function buildConsole({ config, outDir }: { readonly config: Config; readonly outDir: string }): string {
  const settings = JSON.stringify(consoleSettings(config));
  const assets = {
    script: named("app", "js", "text/javascript; charset=utf-8", consoleFile("main.js")),
    style: named("style", "css", "text/css; charset=utf-8", consoleFile("style.css")),
    icon: named("icon", "svg", "image/svg+xml", consoleFile("icon.svg")),
  };
  const page = Buffer.from(consoleFile("page.html"))
    .toString("utf8")
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

function named(name: string, extension: string, type: string, content: Uint8Array) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, file: siteFile(type, IMMUTABLE, content) };
}

const siteFile = (type: string, cacheControl: string, content: string | Uint8Array): SiteFile => ({
  type,
  cacheControl,
  gzip: gzipSync(content, { level: 9 }).toString("base64"),
});

/** Escapes text for an attribute in double quotes. */
const escaped = (text: string): string => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
