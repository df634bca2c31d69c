import { type Person, personId } from "../functions/core/identity/person.ts";
import { isCut, type PersonCut, type PersonsTask } from "../functions/core/identity/persons-task.ts";
import type { Task } from "../functions/core/tasks/task.ts";

/** Fake lists of people's tasks, and of the moments up to which their tokens are dead. */
export class FakePersonsTasks {
  readonly cuts = new Map<string, PersonCut>();
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
    const before = this.cuts.get(personId(person));
    if (before && before.deadUntil >= cut.deadUntil) return false;
    this.cuts.set(personId(person), cut);
    return true;
  }
}
