/** What the user typed or wrote can't be used: exit code 64. `problems` are complete lines for stderr, at least one. */
export class UsageError extends Error {
  readonly problems: readonly string[]

  constructor(problems: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof problems === 'string' ? [problems] : problems
    super(lines.join('\n'), options)
    this.name = 'UsageError'
    this.problems = lines
  }
}
