import { connectCluster } from '../cluster/connect.ts'
import type { Scope } from '../cluster.ts'
import type { SweepConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { JOB_NAME_LABEL } from '../names.ts'
import type { Summary } from '../outcome.ts'
import { loadPolicy } from '../policy.ts'
import { jsonLine } from '../report/json.ts'
import { type Progress, progress } from '../report/progress.ts'
import type { Reporter } from '../report/reporter.ts'
import { painter } from '../report/style.ts'
import { textReport } from '../report/text.ts'
import { sweep } from '../sweep.ts'
import type { Terminal } from '../terminal.ts'
import { self } from './self.ts'

/** One pass over the pods in scope, reported as it goes; the report is closed whatever happens. */
export async function sweepCommand(config: SweepConfig, terminal: Terminal): Promise<number> {
  const { settings, dryRun: isDryRun } = config
  const us = await self()
  const policy = await loadPolicy(POLICY_FILES, settings, us)
  const cluster = await connectCluster({ ...config.access, callTimeoutMs: settings.callTimeout * 1000 })
  const bar = config.output.progress ? progress({ write: terminal.err, now: () => performance.now() }) : undefined
  const reporter = sweepReporter(config, terminal, bar)
  let summary: Summary | undefined
  try {
    for await (const record of sweep(
      cluster,
      policy,
      { scope: listScope(config, cluster.namespace), settings, isDryRun, id: us.sweep },
      terminal.signal,
    )) {
      bar?.record(record)
      reporter.record(record)
      if (record.kind === 'summary') summary = record
    }
  } finally {
    bar?.end()
    reporter.end()
    cluster.close()
  }
  return summary === undefined ? EXIT.failed : exitCode(summary, config)
}

/** What to list: the namespace asked for, and of its pods those that the server can already tell are in scope. */
export function listScope({ scope, selector, settings }: Pick<SweepConfig, 'scope' | 'selector' | 'settings'>, current: string): Scope {
  const isJobsOnly = settings.owners.every(owner => owner === 'Job')
  const selectors = [...(isJobsOnly ? [JOB_NAME_LABEL] : []), ...(selector ? [selector] : [])]
  return {
    ...(scope.kind === 'all' ? {} : { namespace: scope.kind === 'current' ? current : scope.namespace }),
    ...(selectors.length > 0 ? { labelSelector: selectors.join(',') } : {}),
  }
}

function sweepReporter({ output, scope, dryRun }: SweepConfig, { out }: Terminal, bar: Progress | undefined): Reporter {
  const write = (text: string) => {
    bar?.clear()
    out(text)
  }
  if (output.format === 'json') return { record: record => write(jsonLine(record)), end: () => {} }
  return textReport({ write, paint: painter(output.color), hasNamespaces: scope.kind === 'all', isDryRun: dryRun })
}

function exitCode({ failed, forbidden, refused, stopped }: Summary, { failOnRefused }: SweepConfig): number {
  return failed > 0 || forbidden > 0 || stopped !== null || (failOnRefused && refused > 0) ? EXIT.failed : EXIT.fine
}
