/** Look that is repeated after a pause, one at a time, until it is closed. Its timer does not keep the process alive. */
export class RepeatedLook {
  readonly #look: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #isOver = false;

  /** @param look must not reject. @param pauseMs milliseconds. */
  constructor(look: () => Promise<void>, pauseMs: number) {
    this.#look = look;
    this.#timer = setInterval(() => void this.now(), pauseMs).unref();
  }

  /** True once it was closed. A running look must then report nothing more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Looks now, or joins the look that is running. */
  now(): Promise<void> {
    this.#looking ??= (this.#isOver ? Promise.resolve() : this.#look()).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}
