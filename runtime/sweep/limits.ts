/** What a sweep could not see or do. Each is said once, with the first reason, however many pods it concerns. */
export class Limits {
  readonly #reasons = new Map<string, string>()

  note(what: string, why = ''): void {
    if (!this.#reasons.has(what)) this.#reasons.set(what, why)
  }

  sentences(): readonly string[] {
    return [...this.#reasons].map(([what, why]) => (why === '' ? what : `${what}: ${why}`))
  }
}
