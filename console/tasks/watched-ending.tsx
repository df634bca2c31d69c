import type { Read } from "../../contract/operation.ts";
import type { Receipt } from "../../contract/receipts.ts";
import { call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { usePolled } from "../parts/use-polled.ts";
import { endingInWords, receiptOf } from "./in-words.ts";

/** Pause between two reads of an ending; milliseconds. */
const EACH_MS = 700;

/** Stage of an ending, updated until AWS denies the task's keys. @param id id of the task. */
export function WatchedEnding({ id, settings, session }: Pick<PageProps, "id" | "settings" | "session">) {
  const at = receiptOf(id);
  const { value, fault } = usePolled(() => call<Read<Receipt>>(settings.api, at, session.token), at, {
    eachMs: EACH_MS,
    isDone: (receipt) => endingInWords(receipt).isOver,
  });
  const { says, isOver } = endingInWords(value);
  return (
    <span role="status" class={isOver ? "ending over" : "ending"}>
      {fault ? "Ended. You may not read its receipt (valetkey:ReadReceipt)." : says}
    </span>
  );
}
