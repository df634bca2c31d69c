import { render } from "preact";
import { App } from "./app.tsx";
import { readSettings } from "./settings.ts";
import { finishSignIn } from "./sign-in/sign-in.ts";
import { isLeaving, path } from "./state.ts";

const { pathname, search, hash } = location;
// Before anything else: a code must not stay in the address, in the history, or in what a person copies.
if (search !== "" || hash !== "") history.replaceState(null, "", pathname);

const settings = readSettings(document);
path.value = pathname;
addEventListener("popstate", () => {
  path.value = location.pathname;
});
// The browser may bring this document back as it was when it left for an issuer.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) isLeaving.value = false;
});
const root = document.getElementById("app");
if (root) render(<App settings={settings} />, root);
if (pathname === "/callback") {
  const to = await finishSignIn(new URLSearchParams(search), settings);
  if (to !== undefined) {
    history.replaceState(null, "", to);
    path.value = to;
  }
}
