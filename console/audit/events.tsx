import { useState } from "preact/hooks";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { Fact, Facts } from "../parts/facts.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { byDay, factsOf, isNo, type JournalRow, pageOf, pageOfFact, titleOf } from "./event-in-words.ts";

/** Events of the log as a table, the latest first, one a row. Each row can be opened to show all of its facts. */
export const Events = ({ rows }: { readonly rows: readonly JournalRow[] }) => (
  <table class="events" aria-label="Events, the latest first">
    <thead>
      <tr>
        <th scope="col">Time (UTC)</th>
        <th scope="col">Event</th>
        <th scope="col">Of</th>
        <th scope="col" class="event-facts">
          Facts
        </th>
      </tr>
    </thead>
    {byDay(rows).map(({ day, rows: each }) => (
      <tbody key={day}>
        <tr class="event-day">
          <th scope="rowgroup" colSpan={4}>
            {day}
          </th>
        </tr>
        {each.map((row) => (
          <Event key={row.index} row={row} />
        ))}
      </tbody>
    ))}
  </table>
);

function Event({ row }: { readonly row: JournalRow }) {
  const [isOpen, setOpen] = useState(false);
  const { index, event } = row;
  const page = pageOf(row);
  const at = new Date(event.at).toISOString();
  return (
    <>
      <tr class={isNo(event.type) ? "event no" : "event"}>
        <td>
          <time dateTime={at}>
            {at.slice(11, 19)}
            <span class="event-millisecond">{at.slice(19, -1)}</span>
          </time>
        </td>
        <td>
          <button
            type="button"
            class="event-open"
            aria-expanded={isOpen}
            aria-label={`${visibleText(titleOf(event.type))}, place ${index}: details`}
            onClick={() => setOpen(!isOpen)}
          >
            <Text of={titleOf(event.type)} />
          </button>
        </td>
        <td class="event-of">
          {page === undefined ? (
            <Text of={event.of} />
          ) : (
            <Link to={page}>
              <Text of={page.replace(/.*\//, "")} />
            </Link>
          )}
        </td>
        <td class="event-facts">
          {factsOf(row).map(([name, text]) => (
            <span>
              <span class="muted">{name}</span> <Text of={text} />
            </span>
          ))}
        </td>
      </tr>
      {isOpen && (
        <tr class="event-details">
          <td colSpan={4}>
            <Details row={row} />
          </td>
        </tr>
      )}
    </>
  );
}

/** All facts of an event, its place in the log and in its chain, and the event as the log has it. */
const Details = ({ row: { index, event } }: { readonly row: JournalRow }) => (
  <>
    <Facts>
      {Object.entries(event.facts ?? {}).map(([name, value]) => {
        const page = pageOfFact(name, value);
        const text = <Text of={typeof value === "string" ? value : JSON.stringify(value)} />;
        return <Fact name={visibleText(name)}>{page ? <Link to={page}>{text}</Link> : text}</Fact>;
      })}
      <Fact name="Place">
        {index.toLocaleString("en-GB")} of the log, number {event.n} of its chain
      </Fact>
      <Fact name="Hash">
        <code class="hash">{event.hash}</code>
      </Fact>
    </Facts>
    <details>
      <summary>As JSON</summary>
      <pre>
        <Text of={JSON.stringify(event)} />
      </pre>
    </details>
  </>
);
