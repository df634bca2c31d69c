import { Text } from "./text.tsx";

/** Text of several lines that somebody else wrote. Keeps its line breaks, in an element that keeps white space. */
export const Lines = ({ of }: { readonly of: string }) => (
  <>
    {of.split("\n").map((line, nth) => (
      <>
        {nth > 0 && "\n"}
        <Text of={line} />
      </>
    ))}
  </>
);
