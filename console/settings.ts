import type { ConsoleSettings, SignInSettings } from "../infra/config/console.ts";

export type { ConsoleSettings, SignInSettings };

/**
 * Reads the settings that the build wrote into the document.
 * @throws {Error} where there are none, since the page knows no other addresses.
 */
export function readSettings(document: {
  querySelector(selector: string): { getAttribute(name: string): string | null } | null;
}) {
  const text = document.querySelector('meta[name="valetkey"]')?.getAttribute("content");
  if (!text) throw new Error("the document has no settings");
  return JSON.parse(text) as ConsoleSettings;
}
