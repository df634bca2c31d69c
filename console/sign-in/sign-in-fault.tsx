import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { signInFault } from "../state.ts";

/** Sentence about a sign-in that did not work; nothing otherwise. */
export const SignInFault = () =>
  signInFault.value === undefined ? null : (
    <Notice tone="bad" title="The sign-in did not work">
      <p>
        <Text of={signInFault.value} />
      </p>
    </Notice>
  );
