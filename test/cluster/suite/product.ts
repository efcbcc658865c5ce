import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROGRAM_FILES } from '../../../runtime/files.ts'
import type { Identities } from './identity.ts'
import { startSweep } from './sweep.ts'

/** A copy of the built product that nobody builds anew while the suite runs; throws when it cannot sweep at all. */
export async function product(built: string, { directory, kubeconfig }: Identities): Promise<string> {
  const bundle = join(directory, 'dist', 'sidecar-reaper.mjs')
  mkdirSync(dirname(bundle))
  for (const name of Object.keys(PROGRAM_FILES)) cpSync(join(dirname(built), name), join(dirname(bundle), name))
  const settings = join(directory, 'settings.json')
  writeFileSync(settings, '{}')
  const { exit, complaint } = await startSweep({ bundle, kubeconfig: kubeconfig('all'), settings, selector: 'nobody=here' }).done
  if (exit === 0 && complaint === '') return bundle
  throw new Error(`Cannot run the suite: a sweep of ${built} that meets no pod ends with ${exit}: ${complaint?.trim()}`)
}
