import { visiblePieces } from "../../decision/visible-text.ts";

/** Text that somebody else wrote: it cannot turn the text around it, and what could not be seen is shown as an escape. */
export const Text = ({ of }: { readonly of: string }) => (
  <bdi>{visiblePieces(of).map(({ text, isEscape }) => (isEscape ? <span class="escape">{text}</span> : text))}</bdi>
);
