import type { ClusterErrorCode } from '../cluster.ts'

/** Why there are no credentials. */
export class LoginError extends Error {
  readonly code: Extract<ClusterErrorCode, 'config' | 'unauthorized'>

  constructor(code: LoginError['code'], message: string) {
    super(message)
    this.name = 'LoginError'
    this.code = code
  }
}
