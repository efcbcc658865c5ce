import type {
  AdmissionRecord,
  BlockedRecord,
  ClusterRecord,
  DoctorRecord,
  DoctorSummary,
  Owner,
  RightRecord,
  SidecarRecord,
  StrippedRecord,
} from '../../doctor/record.ts'
import type { MatchingWebhook } from '../../doctor/rules.ts'
import { printable } from '../../printable.ts'
import type { Meaning, Paint } from '../style.ts'
import { type Cell, table } from '../table.ts'

export interface DoctorTextOptions {
  readonly paint: Paint
  /** Whose rights are in question; null: one's own. */
  readonly who: string | null
}

/** A page for people, put together from records as they come. */
export interface DoctorPage {
  add(record: DoctorRecord): void
  text(): string
}

// Beyond so many a section says how many more there are: -o json has them all.
const MAX_ROWS = 20
const MAX_WEBHOOKS = 8

/** A diagnosis as a page for people; a section that has nothing to say is left out. */
export function doctorText({ paint, who }: DoctorTextOptions): DoctorPage {
  const records: DoctorRecord[] = []
  const of = <K extends DoctorRecord['kind']>(kind: K) =>
    records.filter((record): record is Extract<DoctorRecord, { readonly kind: K }> => record.kind === kind)
  const section = (heading: string, body: string) => (body === '' ? [] : [`${paint('heading', heading)}\n${body}`])
  return {
    add: record => void records.push(record),
    text() {
      const [summary] = of('summary')
      const sections = [
        ...of('cluster').flatMap(cluster => section('Cluster', clusterText(cluster))),
        ...section('Sidecars that are not native', sidecarsText(of('sidecar'), paint)),
        ...section('Were to be native, but are not', strippedText(of('stripped'), paint)),
        ...section('CronJobs that run no more', blockedText(of('blocked'), paint)),
        ...section(
          who === null ? 'What you may do, of what a sweep needs' : `What ${printable(who)} may do, of what a sweep needs`,
          rightsText(of('right'), paint),
        ),
        ...of('admission').flatMap(admission => section('Admission', admissionText(admission, paint))),
        ...(summary === undefined ? [] : [summaryText(summary, paint)]),
      ]
      return sections.join('\n')
    },
  }
}

function clusterText({ address, server, kubelet, nodes, message }: ClusterRecord): string {
  const rows = [
    ['Server:', `${printable(address, 400)}, ${printable(server ?? 'of a version that is not known', 60)}`],
    [
      'Oldest kubelet:',
      kubelet === null ? 'not known' : `${printable(kubelet.version, 60)}, on ${ofNodes(nodes)} (${printable(kubelet.node)})`,
    ],
    ['Native:', printable(message, 400)],
  ] as const
  return rows.map(([name, value]) => `  ${name.padEnd(17)}${value}\n`).join('')
}

function ofNodes(nodes: number | null): string {
  return nodes === null || nodes === 1 ? 'the one node' : `one of ${nodes} nodes`
}

/** By what they are, then by how they become native, then by whose they are. */
function sidecarsText(sidecars: readonly SidecarRecord[], paint: Paint): string {
  const kinds = Map.groupBy(sidecars, ({ row, title }) =>
    row === null ? 'known by an annotation or a setting alone' : `${title} (${row})`,
  )
  return [...kinds]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, all]) => {
      const ways = Map.groupBy(all, ({ native }) => native.message)
      const parts = [...ways].map(
        ([message, some]) => `    ${possibleText(some[0])}${printable(message, 400)}\n${noteText(some[0])}${ownersText(some, paint)}`,
      )
      return `  ${printable(kind)}\n${parts.join('')}`
    })
    .join('')
}

const POSSIBLE: Readonly<Record<SidecarRecord['possible'], string>> = {
  yes: '',
  gated: 'with the feature gate SidecarContainers: ',
  no: 'not before every kubelet is 1.29 or newer: ',
  unknown: 'where native sidecars work: ',
}

function possibleText(sidecar: SidecarRecord | undefined): string {
  return POSSIBLE[sidecar?.possible ?? 'unknown']
}

/** A note that the message does not hold. */
function noteText(sidecar: SidecarRecord | undefined): string {
  const native = sidecar?.native
  if (native?.by !== 'vendor' || native.note === null || Object.keys(native.annotations).length === 0) return ''
  return `    ${printable(native.note, 400)}\n`
}

function ownersText(sidecars: readonly SidecarRecord[], paint: Paint): string {
  const rows = sidecars.map(({ namespace, owner, container, pods, templates, certain, needsReaper }): readonly Cell[] => [
    `      ${printable(namespace)}`,
    ownerText(owner),
    printable(container),
    counted(pods, 'pod'),
    templates === 0 ? 'no template' : counted(templates, 'template'),
    certain ? (needsReaper ? '' : quiet('needs no reaper: it ends by itself')) : quiet('expected: no pod shows it now'),
  ])
  return rowsText(['      NAMESPACE', 'OWNER', 'CONTAINER', 'PODS', 'TEMPLATES', ''], rows, paint)
}

function strippedText(stripped: readonly StrippedRecord[], paint: Paint): string {
  const shown = stripped.slice(0, MAX_ROWS).map(({ namespace, owner, pods, pod, message, webhooks }) => {
    const place = `  ${paint('bad', `${printable(namespace)}, ${ownerText(owner)}`)}, ${counted(pods, 'pod')} such as ${printable(pod)}\n`
    return `${place}    ${printable(message, 400)}\n${webhooksText(webhooks)}`
  })
  return shown.join('') + moreText(stripped.length - shown.length)
}

function webhooksText(webhooks: readonly MatchingWebhook[] | null): string {
  if (webhooks === null) return '    which webhooks are asked of such a pod could not be read\n'
  if (webhooks.length === 0) return '    no mutating webhook is asked of such a pod\n'
  const shown = webhooks.slice(0, MAX_WEBHOOKS).map(({ configuration, name, message }) => {
    const said = message === '' ? '' : `: ${printable(message, 400)}`
    return `      ${printable(configuration)} ${printable(name)}${said}\n`
  })
  return `    mutating webhooks that are asked of such a pod:\n${shown.join('')}${moreText(webhooks.length - shown.length, '      ')}`
}

function blockedText(blocked: readonly BlockedRecord[], paint: Paint): string {
  const shown = blocked
    .slice(0, MAX_ROWS)
    .map(({ namespace, cronJob, job, pod, decision, reason, message, report, since, schedule, lastSchedule }) => {
      const lines = [
        `its Job ${printable(job)} hangs${since === null ? '' : ` since ${printable(since, 40)}`}; concurrencyPolicy Forbid lets no other begin`,
        `scheduled ${printable(schedule ?? 'nobody knows when', 60)}, the last run was of ${printable(lastSchedule ?? 'a time that is not known', 40)}`,
        `verdict on ${printable(pod)}: ${decision}, ${printable(reason, 60)}: ${printable(message, 400)}${report ? '; only reported, as the setting mode asks' : ''}`,
      ]
      return `  ${paint('bad', `${printable(namespace)}, CronJob ${printable(cronJob)}`)}\n${lines.map(line => `    ${line}\n`).join('')}`
    })
  return shown.join('') + moreText(blocked.length - shown.length)
}

function rightsText(rights: readonly RightRecord[], paint: Paint): string {
  const rows = rights.map(({ verb, resource, apiGroup, namespace, why, allowed }): readonly Cell[] => [
    `  ${verb}`,
    apiGroup === '' ? resource : `${resource}.${apiGroup}`,
    namespace === null ? 'everywhere' : printable(namespace),
    allowed === null ? meant('unknown', 'notable') : allowed ? meant('yes', 'good') : meant('no', 'bad'),
    why,
  ])
  return rowsText(['  VERB', 'RESOURCE', 'WHERE', 'ALLOWED', 'FOR'], rows, paint, Number.POSITIVE_INFINITY)
}

const RESULTS: Readonly<Record<AdmissionRecord['result'], readonly [Meaning, string]>> = {
  allowed: ['good', 'lets the patch of pods/status through'],
  refused: ['bad', 'refuses the patch of pods/status'],
  unknown: ['notable', 'is not known'],
}

function admissionText({ result, namespace, pod, message }: AdmissionRecord, paint: Paint): string {
  const [meaning, words] = RESULTS[result]
  const place = pod === null ? '' : ` (asked of ${printable(namespace ?? '')}/${printable(pod)})`
  return `  ${paint(meaning, words)}${place}: ${printable(message, 600)}\n`
}

function summaryText({ needed, message, pods, jobs, cronJobs, limits, denied }: DoctorSummary, paint: Paint): string {
  const warnings = limits.map(limit => `${paint('notable', 'warning:')} ${printable(limit, 400)}\n`).join('')
  const missing = denied === 0 ? '' : `${counted(denied, 'right')} that a sweep needs ${denied === 1 ? 'is' : 'are'} missing.\n`
  const looked = `${counted(pods, 'pod')}, ${counted(jobs, 'Job')} and ${counted(cronJobs, 'CronJob')} looked at.`
  const conclusion = message.charAt(0).toUpperCase() + message.slice(1)
  return `${warnings}${missing}${looked}\n${paint(needed === 'no' ? 'good' : 'plain', printable(conclusion, 800))}.\n`
}

function rowsText(header: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint, max = MAX_ROWS): string {
  const written: string[] = []
  const shown = rows.slice(0, max)
  const list = table(header, { write: text => written.push(text), paint, page: Number.POSITIVE_INFINITY })
  for (const row of shown) list.row(row)
  list.flush()
  return written.join('') + moreText(rows.length - shown.length, '      ')
}

function moreText(number: number, indent = '  '): string {
  return number > 0 ? `${indent}and ${number} more; -o json has them all\n` : ''
}

function ownerText({ kind, name }: Owner): string {
  return `${printable(kind)} ${printable(name)}`
}

function meant(text: string, meaning: Meaning): Cell {
  return { text, meaning }
}

function quiet(text: string): Cell {
  return meant(text, 'quiet')
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
