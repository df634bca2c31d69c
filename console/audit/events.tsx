import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { factsOf, isNo, type JournalRow, pageOf, titleOf } from "./event-in-words.ts";

/** Events of the log, one a row. Each can be opened to show all of its facts. */
export const Events = ({ rows }: { readonly rows: readonly JournalRow[] }) => (
  <ol class="events" aria-label="Events, newest first">
    {rows.map((row) => (
      <Event key={row.index} row={row} />
    ))}
  </ol>
);

function Event({ row }: { readonly row: JournalRow }) {
  const { index, event } = row;
  const page = pageOf(row);
  return (
    <li class={isNo(event.type) ? "no" : ""}>
      <p class="event-head">
        <Instant at={event.at} />
        <strong>
          <Text of={titleOf(event.type)} />
        </strong>
        {page === undefined ? (
          <Text of={event.of} />
        ) : (
          <Link to={page}>
            <Text of={event.of} />
          </Link>
        )}
      </p>
      <p class="event-facts">
        {factsOf(row).map(([name, text]) => (
          <span>
            <span class="muted">{name}</span> <Text of={text} />
          </span>
        ))}
      </p>
      <details>
        <summary>
          Place {index}, number {event.n} of its chain
        </summary>
        <pre>
          <Text of={JSON.stringify(event)} />
        </pre>
      </details>
    </li>
  );
}
