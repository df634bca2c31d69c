import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface SureButtonProps {
  /** Texts of the button: before the first press (`rest`), before the second (`sure`), and during the act (`sending`). */
  readonly rest: string;
  readonly sure: string;
  readonly sending: string;
  /** Name of the first button for screen readers. */
  readonly name: string;
  /** Acts, and returns a sentence about a failure; undefined on success. */
  readonly act: () => Promise<string | undefined>;
}

/** Button that acts at its second press. The first press shows a confirmation in place. */
export function SureButton({ rest, sure, sending, name, act }: SureButtonProps) {
  const [step, setStep] = useState<"rest" | "sure" | "sending">("rest");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  // Before the next key: an effect after the paint would take the focus back from where Tab has gone.
  useLayoutEffect(() => {
    if (step === "sure") button.current?.focus();
  }, [step]);
  const press = async (): Promise<void> => {
    setStep("sending");
    setFault(undefined);
    setFault(await act());
    setStep("rest");
  };
  if (step === "rest")
    return (
      <span class="end">
        <button type="button" class="small" onClick={() => setStep("sure")} aria-label={name}>
          {rest}
        </button>
        {fault !== undefined && (
          <span role="alert" class="fault">
            {fault}
          </span>
        )}
      </span>
    );
  return (
    <span class="end">
      <button ref={button} type="button" class="small danger" disabled={step === "sending"} onClick={press}>
        {step === "sending" ? sending : sure}
      </button>
      {step === "sure" && (
        <button type="button" class="small quiet" onClick={() => setStep("rest")}>
          Keep
        </button>
      )}
    </span>
  );
}
