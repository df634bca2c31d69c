import { ACT_PAGE } from "../decision/act-link.ts";
import { ActPage } from "./acts/act-page.tsx";
import { BatchPage } from "./approvals/batch-page.tsx";
import { DecisionPage } from "./approvals/decision-page.tsx";
import { InboxPage } from "./approvals/inbox-page.tsx";
import { Heading } from "./parts/heading.tsx";
import { Link } from "./parts/link.tsx";
import { Text } from "./parts/text.tsx";
import type { ConsoleSettings } from "./settings.ts";
import { SignInPage } from "./sign-in/sign-in-page.tsx";
import { TrialPage } from "./sign-in/trial-page.tsx";
import { batch, isOffline, path, session } from "./state.ts";

/** The whole page: what is above every page, and the page that the address names. */
export const App = ({ settings }: { readonly settings: ConsoleSettings }) => (
  <>
    <a class="skip" href="#main">
      Skip to the content
    </a>
    <header class="top">
      <Link to="/approvals" class="brand">
        valetkey <span>approvals</span>
      </Link>
      {session.value && (
        <span class="who">
          <Text of={session.value.name} />
        </span>
      )}
    </header>
    {isOffline.value && (
      <div class="offline" role="status">
        valetkey does not answer. This page shows what it saw last, and tries again by itself.
      </div>
    )}
    <main id="main">
      <Page settings={settings} />
    </main>
  </>
);

function Page({ settings }: { readonly settings: ConsoleSettings }) {
  const [at, person] = [path.value, session.value];
  if (settings.origin !== location.origin) return <WrongOrigin origin={settings.origin} />;
  const [, tried] = /^\/sign-in\/([a-z0-9-]{2,32})$/.exec(at) ?? [];
  if (tried !== undefined) return <TrialPage name={tried} settings={settings} />;
  if (at === ACT_PAGE) return <ActPage settings={settings} />;
  if (!person) return <SignInPage settings={settings} />;
  if (at === "/approvals" && batch.value.length > 1)
    return <BatchPage key={batch.value.join()} ids={batch.value} settings={settings} session={person} />;
  const [, id] = /^\/approvals\/([\w-]+)$/.exec(at) ?? [];
  return id === undefined ? (
    <InboxPage settings={settings} session={person} />
  ) : (
    <DecisionPage key={id} id={id} settings={settings} session={person} />
  );
}

/** The API answers the pages of one origin: elsewhere, nothing here could work. */
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
