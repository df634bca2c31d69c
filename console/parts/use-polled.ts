import { useEffect, useRef, useState } from "preact/hooks";
import { type Answered, ApiFault } from "../api.ts";
import { clockAheadMs, isOffline } from "../state.ts";

/** Default pause between two reads; milliseconds. */
const EACH_MS = 5_000;
/** Longest pause while there is no answer; milliseconds. */
const MOST_MS = 15_000;

interface Pace<T> {
  /** Value until the first answer. */
  readonly first?: T | undefined;
  /** Pause between two reads; milliseconds. */
  readonly eachMs?: number;
  /** True for an answer after which polling stops. */
  readonly isDone?: (value: T) => boolean;
}

export interface Polled<T> {
  readonly value?: T;
  /** Refusal, after which polling stops. */
  readonly fault?: ApiFault;
  /** Reads at once. */
  readonly again: () => void;
}

/**
 * Reads every 5 seconds, and at once when the page is visible again or the network is back. Does not read while the page is hidden. Keeps the last value
 * while there is no answer.
 * @param load reads once.
 * @param key starts again when it changes.
 */
export function usePolled<T>(load: () => Promise<Answered<T>>, key: string, pace: Pace<T> = {}): Polled<T> {
  const { first, eachMs = EACH_MS, isDone = () => false } = pace;
  const [polled, setPolled] = useState<Omit<Polled<T>, "again">>(shownFirst(first));
  const now = useRef(() => {});
  useEffect(() => {
    let [isOver, failures, timer]: [boolean, number, ReturnType<typeof setTimeout> | undefined] = [false, 0, undefined];
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      if (isOver || document.hidden) return;
      try {
        const { value, clockAheadMs: ahead } = await load();
        if (isOver) return;
        failures = 0;
        isOffline.value = false;
        clockAheadMs.value = ahead;
        setPolled({ value });
        if (isDone(value)) isOver = true;
      } catch (error) {
        if (isOver) return;
        if (!(error instanceof ApiFault)) throw error;
        if (error.kind === "refused" || error.kind === "signed_out") {
          isOver = true;
          setPolled((last) => ({ ...last, fault: error }));
          return;
        }
        failures += 1;
        isOffline.value = true;
      }
      clearTimeout(timer);
      if (isOver) return;
      timer = setTimeout(look, failures === 0 ? eachMs : Math.min(MOST_MS, 1_000 * 2 ** failures));
    };
    const lookAgain = (): void => void look();
    now.current = lookAgain;
    document.addEventListener("visibilitychange", lookAgain);
    addEventListener("online", lookAgain);
    setPolled(shownFirst(first));
    lookAgain();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", lookAgain);
      removeEventListener("online", lookAgain);
    };
  }, [key]);
  return { ...polled, again: () => now.current() };
}

const shownFirst = <T>(first: T | undefined) => (first === undefined ? {} : { value: first });
