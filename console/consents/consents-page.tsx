import { useState } from "preact/hooks";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useRead } from "../parts/use-read.ts";
import { goTo } from "../state.ts";
import { EndedHere } from "../tasks/ended-here.tsx";
import { ConsentCard } from "./consent-card.tsx";
import { GiveForm } from "./give-form.tsx";
import { addressOf, type ConsentsAnswer, commandOf, consentsIn, pathOf, shownAt } from "./in-words.ts";

/** Consents by which agents act for a person: those of the signed-in person, or those of another, where the API permits it. */
export function ConsentsPage({ id, settings, session }: PageProps) {
  const shown = shownAt(id);
  const { value, fault, again } = useRead<ConsentsAnswer>(pathOf(shown), { settings, session });
  const consents = value && consentsIn(value);
  const isOwn = shown.of === "own";
  return (
    <section>
      <Heading title="Consents" />
      <p class="lead">
        {isOwn ? (
          "Agents that may act for you, each within what you have signed."
        ) : (
          <>
            {shown.of === "person" ? "Agents that may act for " : "The consent "}
            <Text of={shown.of === "person" ? shown.person : shown.id} />
          </>
        )}
      </p>
      <ReadFault fault={fault} title="You may not see these consents" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the consents…" />}
      <EndedHere settings={settings} session={session} />
      {consents?.length === 0 && (
        <div class="empty">
          <p class="empty-title">{isOwn ? "No agent may act for you." : "No agent may act for this person."}</p>
          <p>
            {isOwn
              ? "To let one act for you, use the form below or this command:"
              : "A person gives a consent on this page, or by this command:"}
          </p>
          <Command line="npx valetkey consents give --help" />
        </div>
      )}
      {consents && consents.length > 0 && (
        <ul class="consents" aria-label="Consents">
          {consents.map((consent) => (
            <li key={consent.id}>
              <ConsentCard consent={consent} again={again} settings={settings} session={session} />
            </li>
          ))}
        </ul>
      )}
      {isOwn && <GiveForm settings={settings} session={session} />}
      <h2>Of another person</h2>
      <SearchForm typed={shown.of === "person" ? shown.person : shown.of === "consent" ? shown.id : ""} key={id} />
      {!isOwn && (
        <p class="aside">
          <Link to="/consents">Your own consents</Link>
        </p>
      )}
      <h2>As a command</h2>
      <Command line={commandOf(shown)} />
    </section>
  );
}

/** Form to choose whose consents are shown. Policy decides whether the API shows them. */
function SearchForm({ typed }: { readonly typed: string }) {
  const [text, setText] = useState(typed);
  const go = (event: Event): void => {
    event.preventDefault();
    goTo(addressOf(text));
  };
  return (
    <form class="search-form" onSubmit={go} aria-label="Consents of another person">
      <p class="field">
        <label for="consents-of">Person, or id of a consent</label>
        <input
          id="consents-of"
          data-search
          value={text}
          placeholder="staff|ann"
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </p>
      <div class="actions">
        <button type="submit">Look</button>
      </div>
    </form>
  );
}
