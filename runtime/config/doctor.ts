import type { ClusterConfig, OutputConfig, SweepConfig } from '../config.ts'
import type { Settings } from '../settings.ts'
import { usage } from './arguments.ts'

export interface DoctorConfig extends ClusterConfig {
  readonly command: 'doctor'
  readonly scope: SweepConfig['scope']
  /** Whose rights are in question; undefined: whoever the kubeconfig names. */
  readonly as: string | undefined
  readonly settings: Settings
  readonly output: OutputConfig
}

/** Whose rights are in question. Throws UsageError. */
export function askedUser(options: Readonly<Record<string, unknown>>): string | undefined {
  const { as: user } = options as { readonly as?: string } // the program declares it so
  if (user === undefined) return undefined
  if (user.trim() === '') throw usage('--as names nobody', 'doctor')
  // Such a name means somebody only when it is whole.
  const account = /^system:serviceaccount:[^:]+:[^:]+$/
  if (user.startsWith('system:serviceaccount') && !account.test(user))
    throw usage(`--as ${JSON.stringify(user)} is no ServiceAccount: expected system:serviceaccount:NAMESPACE:NAME`, 'doctor')
  return user
}
