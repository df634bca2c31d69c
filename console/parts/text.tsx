import { visiblePieces } from "../../contract/decision/visible-text.ts";

/** Text that somebody else wrote. Cannot reverse the text around it, and shows invisible characters as escapes. */
export const Text = ({ of }: { readonly of: string }) => (
  <bdi>{visiblePieces(of).map(({ text, isEscape }) => (isEscape ? <span class="escape">{text}</span> : text))}</bdi>
);
