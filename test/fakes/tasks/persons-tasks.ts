import { type Person, personId } from "../../../functions/core/identity/person.ts";
import {
  isCut,
  type PersonCut,
  type PersonEnding,
  type PersonsTask,
} from "../../../functions/core/identity/persons-task.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";

/** Fake lists of people's tasks, and of the moments up to which their tokens are dead. */
export class FakePersonsTasks {
  readonly cuts = new Map<string, PersonCut>();
  /** Endings that may be unfinished. */
  readonly endings = new Map<string, PersonEnding>();
  /** Moments up to which people's votes are void. */
  readonly voted = new Map<string, PersonCut>();
  readonly #opened = new Map<string, readonly PersonsTask[]>();

  isProven({ onBehalf }: Pick<Task, "onBehalf">): boolean {
    const cut = onBehalf && this.cuts.get(personId(onBehalf));
    return !onBehalf || cut === undefined || !isCut(onBehalf, cut);
  }

  add({ path, agent, onBehalf }: Task): void {
    if (!onBehalf) return;
    const { provenAt, consent } = onBehalf;
    const entry = { path, agent, provenAt, ...(consent ? { consent: consent.id } : {}) };
    this.#opened.set(personId(onBehalf), [...this.of(onBehalf), entry]);
  }

  of(person: Person): readonly PersonsTask[] {
    return (this.#opened.get(personId(person)) ?? []).toSorted((one, other) => (one.path < other.path ? -1 : 1));
  }

  cut(person: Person, cut: PersonCut): boolean {
    const isCut = cutIn(this.cuts, person, cut);
    if (isCut) this.endings.set(personId(person), { ...cut, person: { issuer: person.issuer, value: person.value } });
    return isCut;
  }

  voidVotes(person: Person, cut: PersonCut): boolean {
    return cutIn(this.voted, person, cut);
  }

  /** True where the person's votes by that sign-in are void. */
  isVoid({ person, signedInAt }: Pick<SignIn, "person" | "signedInAt">): boolean {
    const cut = this.voted.get(personId(person));
    return cut !== undefined && isCut({ provenAt: signedInAt }, cut);
  }
}

function cutIn(cuts: Map<string, PersonCut>, person: Person, cut: PersonCut): boolean {
  const before = cuts.get(personId(person));
  if (before && before.deadUntil >= cut.deadUntil) return false;
  cuts.set(personId(person), cut);
  return true;
}
