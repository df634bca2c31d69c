/** Instant in the reader's own time zone, with the exact value on hover. @param at RFC 3339. */
export const Instant = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>
    {new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" })}
  </time>
);
