import { useState } from "preact/hooks";
import { Command } from "../parts/command.tsx";
import { whoCouldCommand } from "./search.ts";

/**
 * Writes the command that answers which agents could reach a resource at a moment. The page asks nobody: the answer
 * takes the whole signed log and the policies of that moment, which the hub does not have.
 */
export function WhoCould({ bucket }: { readonly bucket: string }) {
  const [arn, setArn] = useState("");
  const [moment, setMoment] = useState("");
  const command = whoCouldCommand(arn, moment, bucket);
  return (
    <>
      <h2>Who could reach a resource?</h2>
      <p class="aside">
        Your own copy of the log and the policies in your git repository answer this, and the hub does not: it has
        today’s policies alone. Run the command in a checkout of the repository.
      </p>
      <div class="search-form who-could">
        <p class="field">
          <label for="who-arn">Resource (ARN)</label>
          <input
            id="who-arn"
            value={arn}
            placeholder="arn:aws:s3:::acme-data/a.csv"
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setArn(event.currentTarget.value)}
          />
        </p>
        <p class="field">
          <label for="who-at">Moment (UTC), or now</label>
          <input
            id="who-at"
            type="datetime-local"
            step={1}
            value={moment}
            onInput={(event) => setMoment(event.currentTarget.value)}
          />
        </p>
      </div>
      {command === undefined ? (
        <p class="aside">Write an ARN: the command appears here.</p>
      ) : (
        <Command line={command} />
      )}
    </>
  );
}
