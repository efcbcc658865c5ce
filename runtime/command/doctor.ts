import { connectCluster } from '../cluster/connect.ts'
import type { DoctorConfig } from '../config/doctor.ts'
import { diagnose } from '../doctor.ts'
import type { DoctorSummary } from '../doctor/record.ts'
import { loadDoctorRules } from '../doctor/rules.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { loadPolicy } from '../policy.ts'
import { doctorText } from '../report/doctor/text.ts'
import { jsonLine } from '../report/json.ts'
import { statusLine } from '../report/status-line.ts'
import { painter } from '../report/style.ts'
import type { Terminal } from '../terminal.ts'
import { self } from './self.ts'
import { listScope } from './sweep.ts'

/** Says what is left to migrate in a cluster, and what a reaper may do there; changes nothing. */
export async function doctorCommand(config: DoctorConfig, terminal: Terminal): Promise<number> {
  const { settings, access, as, output } = config
  const [policy, rules] = await Promise.all([loadPolicy(POLICY_FILES, settings, await self()), loadDoctorRules(POLICY_FILES, settings)])
  const options = { ...access, callTimeoutMs: settings.callTimeout * 1000 }
  const cluster = await connectCluster(options)
  const asked = as === undefined ? cluster : await connectCluster({ ...options, as })
  const line = output.progress ? statusLine({ write: terminal.err, now: () => performance.now() }) : undefined
  const page = output.format === 'json' ? undefined : doctorText({ paint: painter(output.color), who: as ?? null })
  let looked = 0
  let summary: DoctorSummary | undefined
  try {
    const scope = listScope({ scope: config.scope, selector: undefined, settings }, cluster.namespace)
    const onObject = () => line?.show(`${++looked} pods, Jobs and CronJobs looked at …`)
    for await (const record of diagnose(cluster, { scope, settings, rules, policy, asked, onObject }, terminal.signal)) {
      line?.clear()
      if (page === undefined) terminal.out(jsonLine(record))
      else page.add(record)
      if (record.kind === 'summary') summary = record
    }
    line?.clear()
    terminal.out(page?.text() ?? '')
  } finally {
    line?.clear()
    cluster.close()
    asked.close()
  }
  return summary === undefined || summary.incomplete ? EXIT.failed : EXIT.fine
}
