/**
 * Lists the files that a function has loaded after it has answered its events, in its own process. Takes the standard
 * input of `one-start.ts`.
 */
import { registerHooks } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Start } from "../../bench/cold/one-start.ts";

export interface Loaded {
  /** Status of the last answer. */
  readonly statusCode: number;
  readonly body: string;
  /** Paths of the files, without those of packages. */
  readonly files: readonly string[];
}

type Handler = (event: unknown, context: unknown) => Promise<{ readonly statusCode: number; readonly body: string }>;

const { bundle, events } = JSON.parse(await text(process.stdin)) as Start;
const files: string[] = [];
registerHooks({
  load: (url, context, next) => {
    if (url.startsWith("file:") && !url.includes("/node_modules/"))
      files.push(fileURLToPath(url).replaceAll("\\", "/"));
    return next(url, context);
  },
});
const { handler } = (await import(pathToFileURL(bundle).href)) as { readonly handler: Handler };
let statusCode = 0;
let body = "";
for (const event of events) ({ statusCode, body } = await handler(event, { getRemainingTimeInMillis: () => 10_000 }));
const loaded: Loaded = { statusCode, body, files };
// Functions log to standard output, so the result goes to standard error.
process.stderr.write(JSON.stringify(loaded));
process.exit(0);
