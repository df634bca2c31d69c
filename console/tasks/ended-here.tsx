import type { PageProps } from "../page-props.ts";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { endings } from "./endings.ts";
import { WatchedEnding } from "./watched-ending.tsx";

/** Tasks that the person has ended in this document, each watched until AWS denies its keys; nothing where there are none. */
export const EndedHere = ({ settings, session }: Pick<PageProps, "settings" | "session">) =>
  endings.value.length === 0 ? null : (
    <>
      <h2>You ended</h2>
      <ul class="endings">
        {endings.value.map(({ id, agent }) => (
          <li key={id}>
            <Link to={`/tasks/${id}`}>
              {agent === "" ? "sub-agent" : <Text of={agent} />} <code>{id}</code>
            </Link>
            <WatchedEnding id={id} settings={settings} session={session} />
          </li>
        ))}
      </ul>
    </>
  );
