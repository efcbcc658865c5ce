import type { Scope } from '../cluster.ts'
import { JOB_NAME_LABEL } from '../names.ts'
import type { Settings } from '../settings.ts'

/** Where a sweep looks: the namespace, or all when it is undefined, narrowed on the server as far as the settings allow. */
export function sweepScope(namespace: string | undefined, selector: string | undefined, { owners }: Pick<Settings, 'owners'>): Scope {
  const selectors = [...(owners.every(owner => owner === 'Job') ? [JOB_NAME_LABEL] : []), ...(selector ? [selector] : [])]
  return { ...(namespace === undefined ? {} : { namespace }), ...(selectors.length > 0 ? { labelSelector: selectors.join(',') } : {}) }
}
