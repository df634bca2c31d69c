import { durationInWords, keysInWords } from "../../contract/decision/request-in-words.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Text } from "../parts/text.tsx";
import { useNow } from "../parts/use-now.ts";
import { Acts, type ActsProps } from "./acts.tsx";
import { RecordView } from "./record-view.tsx";

/** One request, with the acts that the person can perform on it. */
export function Decision({ shown, proven, ...rest }: Omit<ActsProps, "status">) {
  const { record } = proven;
  const isOver = useNow() / 1_000 >= record.expires_at;
  const status = shown.status === "pending" && isOver ? "expired" : shown.status;
  return (
    <article>
      <Heading title={`${visibleText(record.agent.name)} asks for ${keysInWords(record)}`}>
        <Text of={record.agent.name} /> asks for {keysInWords(record)} for {durationInWords(record.ttl)}
      </Heading>
      <RecordView shown={shown} proven={proven} status={status} level={2} />
      <Acts shown={shown} proven={proven} status={status} {...rest} />
      <details>
        <summary>As a command</summary>
        <Command line={`valetkey approvals show ${record.id}`} />
        <Command line={`valetkey approvals approve ${record.id}`} />
        <Command line={`valetkey approvals deny ${record.id} --reason "…"`} />
      </details>
    </article>
  );
}
