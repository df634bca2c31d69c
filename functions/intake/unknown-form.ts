/** Error for an event of valetkey's own in an unknown form: another release of the same deployment has put it. */
export class UnknownForm extends Error {
  /** @param asked type of the event. */
  constructor(asked: string) {
    super(`an event of valetkey's own, ${asked}, has a form of another release: it is tried again, and then set aside`);
    this.name = "UnknownForm";
  }
}
