import { Document, isScalar, visit } from "yaml";
import { escapedRunnerCommands, withoutRunnerCommands } from "../../../contract/decision/runner-commands.ts";

/** Writes YAML. Escapes what a terminal or a CI runner would obey, and characters that change how a line looks. Bundled separately. */
export function yamlOf(value: unknown): string {
  const document = new Document(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      // YAML has escapes in double quotes only.
      const isObeyed = (text: string) => /\p{C}/u.test(text) || withoutRunnerCommands(text) !== text;
      if (isScalar(node) && typeof node.value === "string" && isObeyed(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  return escapedRunnerCommands(text).replace(/(?!\n)\p{C}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
