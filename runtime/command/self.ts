import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Self } from '../policy.ts'

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** Who we are to the policy: the namespace of the pod that we run in, null outside of one, and a new name for this sweep. */
export async function self(): Promise<Self> {
  const namespace = await readFile(NAMESPACE_FILE, 'utf8').catch(() => '')
  return { namespace: namespace.trim() || null, sweep: randomUUID() }
}
