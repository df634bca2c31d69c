import { dayInWords, instantInWords } from "./time-in-words.ts";

/** Instant in the reader's own time zone, with the exact value in UTC on hover. @param at RFC 3339, or epoch milliseconds. */
export const Instant = ({ at }: { readonly at: string | number }) => {
  const exact = typeof at === "number" ? new Date(at).toISOString() : at;
  return (
    <time dateTime={exact} title={exact}>
      {instantInWords(at)}
    </time>
  );
};

/** Day without a time. @param at as in `2026-11-27`. */
export const Day = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>
    {dayInWords(at)}
  </time>
);
