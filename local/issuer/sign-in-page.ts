import { createHash } from "node:crypto";
import type { LocalPerson } from "./people.ts";

const STYLE = `:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}
body{max-width:32rem;margin:0 auto;padding:1.5rem}
fieldset{border:1px solid;border-radius:.5rem;padding:.5rem 1rem 1rem}
label{display:block;padding:.35rem 0}
button{font:inherit;margin-top:1rem;padding:.5rem 1.25rem}`;

/** Headers of the page: scripts cannot run in it, and no other page can frame it. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

/** Renders the page on which a person signs in by the choice of a name: a plain form without scripts. */
export const signInPage = (people: readonly LocalPerson[], action: string, fault?: string): string =>
  page(
    "Sign in",
    `<p>This is the people's issuer of <code>npm start</code>. It asks for no password: choose who you are.</p>
${fault === undefined ? "" : `<p role="alert">${textOf(fault)}</p>\n`}<form method="post" action="${textOf(action)}">
<fieldset>
<legend>Person</legend>
${people.map(({ id, name }, index) => `<label><input type="radio" name="person" value="${textOf(id)}"${index === 0 ? " required" : ""}> ${textOf(name)}</label>`).join("\n")}
</fieldset>
<button type="submit">Sign in</button>
</form>`,
  );

/**
 * Renders the page on which a person ends the session. A page of another site can lead here, so that only the form ends
 * anything.
 */
export const signOutPage = (action: string, secret: string): string =>
  page(
    "Sign out",
    `<p>This ends your session at the people's issuer of <code>npm start</code>, for the console and for votes.</p>
<form method="post" action="${textOf(action)}">
<input type="hidden" name="xsrf" value="${textOf(secret)}"><input type="hidden" name="logout" value="yes">
<button type="submit">Sign out</button>
</form>`,
  );

/** Renders the page after a session's end, where no client's page follows. */
export const signedOutPage = (): string => page("You have signed out", "<p>Your session here has ended.</p>");

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const textOf = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
