import type { Cluster, Scope } from './cluster.ts'
import { askAdmission } from './doctor/admission.ts'
import { type Around, readAround } from './doctor/around.ts'
import { Gaps } from './doctor/gaps.ts'
import { look } from './doctor/look.ts'
import type { ClusterRecord, DoctorRecord } from './doctor/record.ts'
import { askRights } from './doctor/rights.ts'
import type { DoctorRules, Support } from './doctor/rules.ts'
import { minorOf, oldestKubelet } from './doctor/version.ts'
import type { Policy } from './policy.ts'
import type { Settings } from './settings.ts'

export interface DoctorOptions {
  readonly scope: Scope
  readonly settings: Settings
  readonly rules: DoctorRules
  readonly policy: Policy
  /** The same cluster, as the one whose rights are in question. */
  readonly asked: Cluster
  /** Told of every pod, Job and CronJob that was looked at. */
  readonly onObject?: () => void
}

/**
 * What of a live cluster is left to migrate, and what a reaper may do there. Changes nothing. What cannot be read is said in
 * the summary, and the rest goes on.
 * @throws {ClusterError} when neither pods nor Jobs nor CronJobs in scope may be read, or the cluster cannot be reached
 */
export async function* diagnose(cluster: Cluster, options: DoctorOptions, signal: AbortSignal): AsyncGenerator<DoctorRecord> {
  const { settings, scope, rules, policy, asked } = options
  const gaps = new Gaps()
  const around = await readAround(cluster, scope, gaps, signal)
  const { server } = around
  const support = supportOf(around, rules)
  yield clusterRecord(cluster, around, support)

  const seen = await look(cluster, options, { around, gaps, signal })
  const { findings, blocked, candidates, counts } = seen
  const sidecars = findings.sidecars().map(found => ({ ...found, possible: support.native }))
  yield* sidecars
  const stripped = [...findings.stripped(rules, around)]
  yield* stripped
  yield* blocked.values()

  const rights = await askRights(asked, { settings, scope, server }, gaps, signal)
  yield* rights
  yield await askAdmission(asked, candidates, { rights, server }, signal)

  const { count: unclear, first } = findings.unclear
  if (first !== undefined) gaps.remark('Nobody knows who is a sidecar', first)
  const inNeed = sidecars.filter(({ needsReaper }) => needsReaper)
  const plain = inNeed.filter(({ certain }) => certain).length
  // A label of the namespace may be what makes a sidecar known.
  const unread = [...gaps.unread, ...(around.namespaces === null ? ['namespaces'] : [])]
  const need = rules.need({ plain, expected: inNeed.length - plain, unclear, unread, support })
  yield {
    kind: 'summary',
    ...need,
    ...counts,
    sidecars: sidecars.length,
    stripped: stripped.length,
    blocked: blocked.size,
    denied: rights.filter(({ allowed }) => allowed === false).length,
    unclear,
    limits: gaps.sentences(),
    incomplete: gaps.unread.length > 0,
    policy: policy.hashes,
  }
}

function supportOf({ nodes, server }: Around, rules: DoctorRules): Support {
  const minor = server === null ? null : minorOf(server)
  return rules.support(nodes && oldestKubelet(nodes), server === null || minor === null ? null : { version: server, minor })
}

function clusterRecord({ address }: Cluster, { nodes, server }: Around, { native, message }: Support): ClusterRecord {
  const oldest = nodes && oldestKubelet(nodes)
  const kubelet = oldest && { node: oldest.node, version: oldest.version }
  return { kind: 'cluster', address, server, kubelet, nodes: nodes?.size ?? null, native, message }
}
