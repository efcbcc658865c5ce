/** Yields the values of these promises as each one settles; rejects with the first rejection. */
export async function* asSettled<T>(promises: Iterable<Promise<T>>): AsyncGenerator<T> {
  const done: T[] = []
  let failure: { readonly error: unknown } | undefined
  let wake = Promise.withResolvers<void>()
  let pending = 0
  for (const promise of promises) {
    pending++
    promise
      .then(
        value => done.push(value),
        (error: unknown) => (failure ??= { error }),
      )
      .finally(() => {
        pending--
        wake.resolve()
      })
  }
  while (pending > 0 || done.length > 0) {
    if (done.length === 0) await wake.promise
    wake = Promise.withResolvers()
    if (failure) throw failure.error
    yield* done.splice(0)
  }
  if (failure) throw failure.error
}
