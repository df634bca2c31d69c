import { earlierInWords, outcomeInWords } from "../../contract/decision/earlier-in-words.ts";
import type { ReadAnswer } from "../../contract/operations.ts";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { useOnce } from "../parts/use-once.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { personInWords } from "./in-words.ts";

interface EarlierProps {
  readonly id: string;
  readonly settings: ConsoleSettings;
  readonly session: Session;
}

/** Line that counts the agent's earlier requests for the same, with the requests in a box below. As high before its answer as after it, so that no button moves. */
export function Earlier({ id, ...signedIn }: EarlierProps) {
  const path = `/v1/approvals/${encodeURIComponent(id)}/earlier`;
  const { value, fault } = useOnce<ReadAnswer<"GET /v1/approvals/{approval}/earlier">>(path, signedIn);
  const line = value
    ? earlierInWords(value)
    : fault
      ? "The earlier requests for this could not be read."
      : "Reading the earlier requests for this…";
  return (
    <details>
      <summary>
        <Text of={line} />
      </summary>
      <ul class="aside">
        {value?.requests.map((each) => (
          <li key={each.id}>
            <Link to={`/approvals/${encodeURIComponent(each.id)}`}>
              <Instant at={each.asked_at} />
            </Link>
            : <Text of={outcomeInWords(each, personInWords)} />
            {each.at && (
              <>
                , <Instant at={each.at} />
              </>
            )}
          </li>
        ))}
      </ul>
      <p class="aside">For information: the same agent, person, actions, targets and accounts. Decide by the record.</p>
    </details>
  );
}
