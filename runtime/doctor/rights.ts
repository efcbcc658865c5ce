import { rights } from '../../generator/reaper/rights.ts'
import type { Cluster, Scope } from '../cluster.ts'
import type { Settings } from '../settings.ts'
import { attempt, type Gaps } from './gaps.ts'
import type { RightRecord } from './record.ts'
import { minorOf } from './version.ts'

export interface RightsOptions {
  readonly settings: Settings
  readonly scope: Pick<Scope, 'namespace'>
  /** The API server's version, null: not known. */
  readonly server: string | null
}

/** Asks the server for each right that a sweep with these settings needs; one that cannot be asked for is a gap. */
export async function askRights(
  asked: Cluster,
  { settings, scope: { namespace }, server }: RightsOptions,
  gaps: Gaps,
  signal: AbortSignal,
): Promise<readonly RightRecord[]> {
  const needed = rights(settings, namespace === undefined ? 'cluster' : 'namespace').flatMap(({ apiGroups, resources, verbs, why }) =>
    apiGroups.flatMap(apiGroup =>
      resources.flatMap(resource =>
        verbs.filter(verb => isAskedFor(verb, resource, server)).map(verb => ({ verb, resource, apiGroup, why })),
      ),
    ),
  )
  const place = namespace === undefined ? {} : { namespace }
  const answers = await Promise.all(
    needed.map(async ({ why, ...right }) => ({ why, right, answer: await attempt(asked.may({ ...right, ...place }, signal)) })),
  )
  return answers.map(({ why, right, answer }) => {
    const allowed = gaps.valueOf('What the reaper may do is not known', answer)
    return { kind: 'right', ...right, namespace: namespace ?? null, why, allowed }
  })
}

/** Over a WebSocket they are a GET, and from 1.35 on `create` is asked for besides (kubernetes#134577). */
function isAskedFor(verb: string, resource: string, server: string | null): boolean {
  const minor = server === null ? null : minorOf(server)
  return minor === null || minor >= 35 || verb !== 'create' || !['pods/exec', 'pods/portforward'].includes(resource)
}
