/** The compiled policy or its data cannot be read or evaluated; `code` says which of the two. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: 'unreadable' | 'evaluation'
  constructor(code: PolicyError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What the wasm threw, in words: opa-wasm throws strings and plain objects. */
export function said(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'message' in cause) return String(cause.message)
  return String(cause)
}
