import { SECTIONS, type Section } from "./pages.tsx";
import { Link } from "./parts/link.tsx";
import { Text } from "./parts/text.tsx";
import { isOffline, session } from "./state.ts";

/** Head of every page: the navigation, the signed-in person, and a notice where valetkey does not answer. @param section section of the current page. */
export const Top = ({ section }: { readonly section: Section | undefined }) => (
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
            <Text of={session.value.name} />
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
