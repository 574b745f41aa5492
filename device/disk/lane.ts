// One job after the other: what is asked of one file at once takes its turn.
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the job when those before it are done, whatever became of them. Resolves or rejects as it does. */
  run<Value>(job: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
