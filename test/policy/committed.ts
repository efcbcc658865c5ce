import { loadPolicy, type Policy } from '../../runtime/policy.ts'
import type { Settings } from '../../runtime/settings.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'

/** The policy as it is committed. */
export const COMMITTED = {
  wasm: new URL('../../dist/policy.wasm', import.meta.url),
  catalogue: new URL('../../dist/catalogue.json', import.meta.url),
}

export const SELF = { namespace: 'sidecar-reaper', sweep: 'this-sweep' }

export const AROUND = { namespace: { name: 'team-a', labels: {} }, node: { ready: true } }

/** The committed policy with these settings. */
export async function policyWith(settings: Settings): Promise<Policy> {
  return loadPolicy(COMMITTED, settings, SELF)
}

/** The committed policy with settings as a file has them. */
export async function policyOf(settings: object = {}): Promise<Policy> {
  return policyWith(decodeSettings(settings, 'settings'))
}
