import type { Settings } from '../../runtime/settings.ts'

/** One rule of a Role, and what asks for it. */
export interface Right {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly why: string
}

export type Scope = 'cluster' | 'namespace'

/**
 * What a sweep with these settings may do, and no more. Everything that has to do with rights follows from this: the
 * rendered roles, what the cluster suite grants, what the README asks for.
 */
export function rights({ mode, ways }: Pick<Settings, 'mode' | 'ways'>, scope: Scope): readonly Right[] {
  return [
    right(['pods'], ['get', 'list', 'watch'], 'every way: judge pods, and see them end'),
    ...(mode === 'report' ? [] : endings(ways)),
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'], why: 'Events on the pod and its Job' },
    ...SURROUNDINGS[scope],
  ]
}

function endings(ways: Settings['ways']): readonly Right[] {
  const execs = ways.filter(way => way === 'exec' || way === 'signal')
  return [
    right(['pods/status'], ['patch'], statusText(ways)),
    ...(execs.length > 0 ? [right(['pods/exec'], CONNECT, `${waysText(execs)}: ${CONNECT_WHY}`)] : []),
    ...(ways.includes('http') ? [right(['pods/portforward'], CONNECT, `way http: ${CONNECT_WHY}`)] : []),
  ]
}

function statusText(ways: Settings['ways']): string {
  const told = ways.filter(way => way !== 'complete')
  return [...(ways.includes('complete') ? [COMPLETE] : []), ...(told.length > 0 ? [`${waysText(told)}: ${CLAIM}`] : [])].join('; ')
}

const COMPLETE = 'way complete: set the phase that the mains earned'
const CLAIM = 'claim the pod, so that no other sweep tells it twice'

// Over a WebSocket they are a GET, and until Kubernetes 1.34 that verb was asked for; from 1.35 on it is create (kubernetes#134577).
const CONNECT = ['get', 'create']
const CONNECT_WHY = 'get up to Kubernetes 1.34, create from 1.35 on'

/** A Role can read its own namespace and nothing else that is not in one. */
const SURROUNDINGS: Readonly<Record<Scope, readonly Right[]>> = {
  cluster: [
    right(['namespaces'], ['list'], 'heed the label sidecar-reaper/enabled of a namespace'),
    right(['nodes'], ['list'], 'leave pods alone whose node is not Ready'),
  ],
  namespace: [right(['namespaces'], ['get'], 'heed the label sidecar-reaper/enabled of this namespace, the only one that a Role can read')],
}

function right(resources: readonly string[], verbs: readonly string[], why: string): Right {
  return { apiGroups: [''], resources, verbs, why }
}

function waysText(ways: readonly string[]): string {
  return `${ways.length > 1 ? 'ways' : 'way'} ${ways.join(', ')}`
}
