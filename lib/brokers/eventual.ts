/** A value that is here, or that comes. Code of one process answers at once, and nothing is allocated for it. */
export type Eventual<T> = T | Promise<T>;

/** Calls `run` with a value: at once when the value is here, otherwise when it has come. */
export function later<T, R>(value: Eventual<T>, run: (value: T) => Eventual<R>): Eventual<R> {
  return value instanceof Promise ? value.then(run) : run(value);
}

/** All of some values: at once when they are here. */
export function all<T>(values: ReadonlyArray<Eventual<T>>): Eventual<readonly T[]> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values)
    : (values as readonly T[]);
}
