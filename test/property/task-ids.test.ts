import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIVEN_TASK_ID, TASK_ID } from "../../contract/names.ts";
import { isSpellingOf, rootIdOf, spelledTaskId, spellingsOf, wholeIdIn } from "../../contract/task-id.ts";

const part = (characters: number) => fc.stringMatching(new RegExp(`^[a-z0-9]{${characters}}$`));

const id = fc
  .tuple(part(12), fc.array(part(4), { maxLength: 9 }), fc.constantFrom("_", "."))
  .map(([root, levels, separator]) => [root, ...levels].map((each) => `${each}${separator}`).join(""));

/** Texts that are ids, nearly ids, or anything. */
const text = fc.oneof(
  id,
  id.map((each) => each.slice(0, -1)),
  fc.stringMatching(/^[a-z0-9._]{0,60}$/),
  fc.string(),
);

describe("a task's id without its last separator", () => {
  it("is completed once, and a whole id stays as it is", () => {
    fc.assert(
      fc.property(text, (each) => {
        const spelled = spelledTaskId(each);
        expect(spelledTaskId(spelled)).toBe(spelled);
        if (TASK_ID.test(each)) expect(spellingsOf(each)).toEqual([each]);
        expect(GIVEN_TASK_ID.test(each)).toBe(spellingsOf(each).length > 0);
      }),
    );
  });

  it("names that task, its parent's or child's never", () => {
    fc.assert(
      fc.property(id, (each) => {
        expect(isSpellingOf(each, each)).toBe(true);
        expect(isSpellingOf(each.slice(0, -1), each)).toBe(true);
        expect(isSpellingOf(each, `${each}aaaa${each.at(-1)}`)).toBe(false);
        expect(isSpellingOf(`${each}aaaa`, each)).toBe(false);
      }),
    );
  });

  it("is found in the paths of the task and of those below it, and in no other", () => {
    fc.assert(
      fc.property(id, part(12), (each, other) => {
        for (const given of [each, each.slice(0, -1)]) {
          expect(wholeIdIn(each, given)).toBe(each);
          expect(wholeIdIn(`${each}aaaa${each.at(-1)}`, given)).toBe(each);
          expect(wholeIdIn(`${other}${each.at(-1)}`, `${given}aaaa`)).toBeUndefined();
        }
        expect(wholeIdIn(each, each.slice(0, -2))).toBeUndefined();
        expect(wholeIdIn(each, "")).toBeUndefined();
      }),
    );
  });

  it("never crosses trees, and gets one character at most", () => {
    fc.assert(
      fc.property(text, (each) => {
        for (const spelled of spellingsOf(each)) {
          expect(rootIdOf(spelled)).toBe(rootIdOf(each));
          expect(spelled.startsWith(each) && spelled.length - each.length <= 1).toBe(true);
          expect(TASK_ID.test(spelled)).toBe(true);
        }
      }),
    );
  });
});
