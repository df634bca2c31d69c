import { timeLeft } from "../approvals/in-words.ts";
import { useNow } from "./use-now.ts";

/** Running countdown to an instant. @param at epoch seconds. */
export function Countdown({ at }: { readonly at: number }) {
  const seconds = at - useNow() / 1_000;
  return (
    <span role="timer" class={seconds < 60 ? "time soon" : "time"}>
      {seconds > 0 ? `${timeLeft(seconds)} left` : "time is up"}
    </span>
  );
}
