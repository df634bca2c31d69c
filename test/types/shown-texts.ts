import type { Print } from "../../client/operate/print/print.ts";
import { shown } from "../../client/operate/print/shown.ts";

// Texts of the service that must not compile where a command prints. `tsc` fails where a line below would compile.

declare const print: Print;
declare const answer: { readonly status: string };

print(answer, () => shown`It is ${answer.status}.\n`);

// @ts-expect-error a text of the service that is no plain line
print(answer, () => answer.status);

// @ts-expect-error a text with a text of the service in it
print(answer, () => `It is ${answer.status}.\n`);
