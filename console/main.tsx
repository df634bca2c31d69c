import { render } from "preact";
import { ACT_PAGE, actIn } from "../contract/decision/act-link.ts";
import { App } from "./app.tsx";
import { readSettings } from "./settings.ts";
import { finishSignIn } from "./sign-in/sign-in.ts";
import { isLeaving, path, requestedAct } from "./state.ts";

const { pathname, search, hash } = location;
const isAct = pathname === ACT_PAGE;
// Removes a code first: it must not stay in the address, in the history, or in a copied link. Leaves an act, which is no secret, so that a reload works.
if (search !== "" || (hash !== "" && !isAct)) history.replaceState(null, "", isAct ? `${pathname}${hash}` : pathname);
if (isAct) requestedAct.value = actIn(hash);
// Reloads the document for another act, which must not take the place of the act that a person is reading.
addEventListener("hashchange", () => location.pathname === ACT_PAGE && location.reload());

const settings = readSettings(document);
path.value = pathname;
addEventListener("popstate", () => {
  path.value = location.pathname;
});
// The browser may restore this document in the state in which it left for an issuer.
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
