import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transcript } from "./transcript/transcript.ts";

writeFileSync(fileURLToPath(new URL("../docs/transcripts/first-five-minutes.md", import.meta.url)), await transcript());
