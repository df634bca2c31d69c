import { pageAt } from "../../contract/decision/console-pages.ts";

/** File of the console that the build wrote. */
export interface SiteFile {
  /** Media type. */
  readonly type: string;
  readonly cacheControl: string;
  /** Content, compressed by gzip; base64. */
  readonly gzip: string;
}

/** Everything that the console serves. */
export interface Site {
  /** Headers of every answer, a 404 among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Document of every page. */
  readonly page: SiteFile;
  /** All other files, by their paths. */
  readonly files: Readonly<Record<string, SiteFile>>;
}

/** Name of the file that holds the site. */
export const SITE_FILE = "site.json";

/** True for a path of a page. One document answers all of these, and chooses the page in the browser. */
export const isPage = (path: string): boolean => pageAt(path) !== undefined;
