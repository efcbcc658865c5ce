import type { Cluster } from '../cluster.ts'
import type { Way } from '../verdict.ts'
import type { Target } from './target.ts'
import { type Told, toldBy } from './told.ts'

/** Runs the sidecar's own command in its container; no shell is needed. */
export async function execCommand(
  cluster: Cluster,
  target: Target,
  { argv }: Extract<Way, { way: 'exec' }>,
  signal: AbortSignal,
): Promise<Told> {
  return toldBy(await cluster.exec(target, argv, signal), argv[0] ?? '')
}
