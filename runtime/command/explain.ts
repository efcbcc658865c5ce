import type { ExplainConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { fileName } from '../documents.ts'
import type { VerdictRecord } from '../outcome.ts'
import { readPods } from '../pod-file.ts'
import type { Pod } from '../pod.ts'
import { loadPolicy, type Policy } from '../policy.ts'
import { printable } from '../printable.ts'
import { type Explained, explainText } from '../report/explain.ts'
import { jsonLine } from '../report/json.ts'
import { painter } from '../report/style.ts'
import { judgeBy, type Landscape } from '../sweep/judge.ts'
import { readLandscape } from '../sweep/landscape.ts'
import { Limits } from '../sweep/limits.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'
import { self } from './self.ts'

/** Prints everything behind the verdict on a pod of the cluster or on each pod of a file. */
export async function explainCommand(config: ExplainConfig, terminal: Terminal): Promise<number> {
  const policy = await loadPolicy(POLICY_FILES, config.settings, await self())
  const explained = await (config.source.kind === 'file'
    ? explainFile(config.source.path, policy, terminal)
    : explainPod(config, config.source, policy, terminal))
  const texts = config.output.format === 'json' ? explained.map(one => jsonLine(verdictRecord(one))) : [pages(explained, config, policy)]
  terminal.out(texts.join(''))
  return explained.length > 0 ? EXIT.fine : EXIT.failed
}

function pages(explained: readonly Explained[], { settings, output }: ExplainConfig, { hashes }: Policy): string {
  const options = { paint: painter(output.color), settings, hashes }
  return explained.map(one => explainText(one, options)).join('\n---\n\n')
}

async function explainFile(path: string, policy: Policy, { signal }: Terminal): Promise<readonly Explained[]> {
  const pods = await readPods(path, signal)
  const now = new Date()
  return pods.map((pod, index) => {
    try {
      policy.facts(pod)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      const place = pods.length > 1 ? `pod ${index + 1}: ` : ''
      throw new UsageError(`${fileName(path)}: ${place}${printable(error.message, 400)}`, { cause: error })
    }
    return judged(pod, policy, { namespaces: null, nodes: null }, now)
  })
}

async function explainPod(
  { access, settings }: ExplainConfig,
  { name, namespace }: { readonly name: string; readonly namespace: string | undefined },
  policy: Policy,
  { err, signal }: Terminal,
): Promise<readonly Explained[]> {
  const { connectCluster } = await import('../cluster/connect.ts')
  const cluster = await connectCluster({ ...access, callTimeoutMs: settings.callTimeout * 1000 })
  try {
    const ref = { namespace: namespace ?? cluster.namespace, name }
    const pod = await cluster.pod(ref, signal)
    if (pod === undefined) {
      err(`error: there is no pod ${name} in namespace ${printable(ref.namespace, 63)}\n`)
      return []
    }
    const limits = new Limits()
    const landscape = await readLandscape(cluster, { namespace: ref.namespace }, limits, signal)
    for (const sentence of limits.sentences()) err(`warning: ${printable(sentence, 400)}\n`)
    return [judged(pod, policy, landscape, cluster.now())]
  } finally {
    cluster.close()
  }
}

/** As a sweep judges it, but with all the reasons. */
function judged(pod: Pod, policy: Policy, landscape: Landscape, now: Date): Explained {
  const { verdict } = judgeBy(policy, landscape, () => now, { explain: true })(pod)
  return { pod, verdict, now, isAlone: landscape.namespaces === null && landscape.nodes === null }
}

function verdictRecord({ pod: { metadata = {} }, verdict }: Explained): VerdictRecord {
  return { kind: 'verdict', namespace: metadata.namespace ?? '', pod: metadata.name ?? '', uid: metadata.uid ?? '', ...verdict }
}
