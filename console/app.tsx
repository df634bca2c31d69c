import { pageAt } from "../contract/decision/console-pages.ts";
import { PAGES, SECTIONS, type Section } from "./pages.tsx";
import { Heading } from "./parts/heading.tsx";
import { Link } from "./parts/link.tsx";
import { Text } from "./parts/text.tsx";
import type { ConsoleSettings } from "./settings.ts";
import { Shortcuts } from "./shortcuts/shortcuts.tsx";
import { SignInPage } from "./sign-in/sign-in-page.tsx";
import { signOut } from "./sign-in/sign-out.ts";
import { isOffline, path, session } from "./state.ts";

/** The whole document: the head, and the page of the address. */
export function App({ settings }: { readonly settings: ConsoleSettings }) {
  const { name = "now", id = "" } = pageAt(path.value) ?? {};
  const shown = name === "callback" ? undefined : PAGES[name];
  const section = shown && "section" in shown ? shown.section : undefined;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Top section={section} settings={settings} />
      <main id="main" class={shown && "isWide" in shown && shown.isWide ? "wide" : ""}>
        {settings.origin !== location.origin ? (
          <WrongOrigin origin={settings.origin} />
        ) : shown && "open" in shown ? (
          <shown.open settings={settings} id={id} />
        ) : shown && session.value ? (
          <shown.page key={`${name} ${id}`} settings={settings} session={session.value} id={id} />
        ) : (
          <SignInPage settings={settings} />
        )}
      </main>
    </>
  );
}

/** Page for a wrong origin. The API answers the pages of one origin only, so nothing would work here. */
const WrongOrigin = ({ origin }: { readonly origin: string | undefined }) => (
  <section>
    <Heading title={origin === undefined ? "The console is not switched on" : "The console has another address"} />
    {origin === undefined ? (
      <p>
        Operators write this page’s origin into <code>valetkey.json</code> as <code>console.url</code>, and deploy
        again.
      </p>
    ) : (
      <p>
        Open it at <a href={origin}>{origin}</a>.
      </p>
    )}
  </section>
);

/** Head of every page: the navigation, the signed-in person, and a notice where valetkey does not answer. @param section section of the current page. */
const Top = ({
  section,
  settings: { issuers },
}: {
  readonly section: Section | undefined;
  readonly settings: ConsoleSettings;
}) => (
  <>
    <header class="top">
      <Link to="/" class="brand">
        valetkey
      </Link>
      {session.value && (
        <>
          <nav aria-label="Pages">
            {Object.entries(SECTIONS).map(([title, to]) => (
              <Link to={to} {...(title === section ? { "aria-current": "true" } : {})}>
                {title}
              </Link>
            ))}
          </nav>
          <span class="who">
            <Text of={session.value.name} /> <Shortcuts />
            <button
              type="button"
              class="quiet"
              onClick={() => signOut(issuers.find(({ name }) => name === session.peek()?.issuer))}
            >
              Sign out
            </button>
          </span>
        </>
      )}
    </header>
    {isOffline.value && (
      <div class="offline" role="status">
        valetkey does not answer. This page shows what it saw last, and retries by itself.
      </div>
    )}
  </>
);
