import { useEffect, useRef, useState } from "preact/hooks";
import { SECTIONS, type Section } from "../pages.tsx";
import { goTo } from "../state.ts";
import { KEYS, KeyReader } from "./keys.ts";

/** Elements in which a key is text, or already has a meaning of its own. */
const TYPING = "input, textarea, select, [contenteditable], dialog";
/** Field of a page that `/` goes to. */
const SEARCHED = "main [data-search]";
/** Entry of the browser's store for a person who has switched the shortcuts off. Holds nothing else. */
const STORED = "valetkey-shortcuts";

/** Shortcuts of the keyboard on every page, their list, and the button that opens it. A person can switch them off. */
export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setOn] = useState(readStored);
  const [isOpen, setOpen] = useState(false);
  const open = (): void => setOpen(true);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  useEffect(() => {
    if (!isOn) return;
    const keys = new KeyReader();
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || (event.target instanceof Element && event.target.closest(TYPING))) return;
      const effect = keys.read(event);
      if (effect === undefined) return;
      event.preventDefault();
      if (effect === "list") open();
      else if (effect === "search") document.querySelector<HTMLElement>(SEARCHED)?.focus();
      else goTo(SECTIONS[effect.section]);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn]);
  const turn = (on: boolean): void => {
    setOn(on);
    store(on);
  };
  return (
    <>
      <button type="button" class="quiet keys" onClick={open} aria-label="Keyboard shortcuts" aria-haspopup="dialog">
        <kbd>?</kbd>
      </button>
      {isOpen && (
        <dialog ref={dialog} class="shortcuts" aria-labelledby="shortcuts-title" onClose={() => setOpen(false)}>
          <List isOn={isOn} turn={turn} />
        </dialog>
      )}
    </>
  );
}

interface ListProps {
  readonly isOn: boolean;
  readonly turn: (on: boolean) => void;
}

const List = ({ isOn, turn }: ListProps) => (
  <>
    <h2 id="shortcuts-title">Keyboard shortcuts</h2>
    <dl>
      <Shortcut keys={["/"]} says="Search or filter this page" />
      {(Object.keys(SECTIONS) as Section[]).map((section) => (
        <Shortcut key={section} keys={["g", KEYS[section]]} says={section} />
      ))}
      <Shortcut keys={["?"]} says="This list" />
    </dl>
    <p class="aside">Shortcuts only show. None of them votes, or ends anything.</p>
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => turn(event.currentTarget.checked)} />
      Shortcuts are on, in this browser
    </label>
    <form method="dialog" class="actions">
      <button type="submit">Close</button>
    </form>
  </>
);

const Shortcut = ({ keys, says }: { readonly keys: readonly string[]; readonly says: string }) => (
  <div>
    <dt>
      {keys.map((key, nth) => (
        <>
          {nth > 0 && " "}
          <kbd>{key}</kbd>
        </>
      ))}
    </dt>
    <dd>{says}</dd>
  </div>
);

/** Reads the person's choice; on where the browser stores nothing. */
function readStored(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function store(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  } catch {
    // The browser stores nothing: the choice holds until this document is left.
  }
}
