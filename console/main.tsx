import { render } from "preact";
import { ACT_PAGE, actIn } from "../decision/act-link.ts";
import { App } from "./app.tsx";
import { readSettings } from "./settings.ts";
import { finishSignIn } from "./sign-in/sign-in.ts";
import { askedAct, isLeaving, path } from "./state.ts";

const { pathname, search, hash } = location;
const isAct = pathname === ACT_PAGE;
// Before anything else: a code must not stay in the address, in the history, or in what a person copies. An act is no secret, and its page can be loaded again.
if (search !== "" || (hash !== "" && !isAct)) history.replaceState(null, "", isAct ? `${pathname}${hash}` : pathname);
if (isAct) askedAct.value = actIn(hash);
// Another act must not take the place of the one that a person reads: the document is loaded anew.
addEventListener("hashchange", () => location.pathname === ACT_PAGE && location.reload());

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
