import { JOB_NAME_LABEL } from '../names.ts'
import type { Pod } from '../pod.ts'
import { printable } from '../printable.ts'
import type { Settings } from '../settings.ts'
import type { ContainerVerdict, Verdict } from '../verdict.ts'
import { ageText } from './age.ts'
import { stateText } from './state.ts'
import type { Meaning, Paint } from './style.ts'
import { table } from './table.ts'
import { passedOverLines, wayLines } from './ways.ts'

/** One judged pod. */
export interface Explained {
  readonly pod: Pod
  readonly verdict: Verdict
  /** The time that the verdict was given for. */
  readonly now: Date
  /** Nothing was known of its surroundings. */
  readonly isAlone: boolean
}

export interface ExplainTextOptions {
  readonly paint: Paint
  readonly settings: Settings
  /** sha256 of each, hexadecimal. */
  readonly hashes: { readonly wasm: string; readonly catalogue: string; readonly settings: string }
}

/** Everything behind a pod's verdict, as a page for a person. */
export function explainText({ pod, verdict, now, isAlone }: Explained, { paint, settings, hashes }: ExplainTextOptions): string {
  const passedOver = passedOverLines(verdict)
  const heading = (text: string) => paint('heading', text)
  const sections = [
    fields(headerFields(pod)),
    `${heading('Verdict')}\n${fields([...verdictFields(verdict, now, paint), ...(isAlone ? [ALONE] : [])])}`,
    `${heading('Containers')}\n${containerTable(pod, verdict, now, paint)}`,
    ...(verdict.decision === 'end' ? [`${heading('Ways, in order')}\n${numbered(wayLines(verdict))}`] : []),
    ...(passedOver.length > 0 ? [`${heading('Ways not taken')}\n${bullets(passedOver)}`] : []),
    ...(verdict.warnings.length > 0
      ? [`${heading('Warnings')}\n${bullets(verdict.warnings.map(({ message }) => printable(message, 400)))}`]
      : []),
    `${heading('Judged by')}\n${fields([
      ['Policy', short(hashes.wasm)],
      ['Catalogue', short(hashes.catalogue)],
      ['Settings', `${short(hashes.settings)}, mode ${settings.mode}`],
    ])}`,
  ]
  return sections.join('\n')
}

type Field = readonly [name: string, value: string]

const ALONE: Field = ['Not known', "its namespace's labels and whether its node is Ready, so the rules on them are off"]

function headerFields(pod: Pod): readonly Field[] {
  const { metadata = {}, spec = {}, status = {} } = pod
  const job = metadata.labels?.[JOB_NAME_LABEL] ?? metadata.labels?.['job-name']
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  const owned = owner
    ? `${owner.kind ?? 'unknown'} ${owner.name ?? 'without a name'}`
    : job === undefined
      ? 'nobody: a bare pod'
      : `Job ${job}`
  return [
    ['Pod', `${printable(metadata.namespace ?? 'no namespace')}/${printable(metadata.name ?? 'no name')}`],
    ['Owner', printable(owned)],
    ['Phase', printable(status.phase ?? 'none: no status yet', 60)],
    ['Restart policy', printable(restartPolicy(pod), 60)],
    ['Node', printable(spec.nodeName ?? 'none yet')],
  ]
}

// The API server's default.
function restartPolicy({ spec }: Pod): string {
  return spec?.restartPolicy ?? 'Always'
}

const MEANINGS: Readonly<Record<Verdict['decision'], Meaning>> = { end: 'good', wait: 'quiet', leave: 'quiet', refuse: 'notable' }

function verdictFields(verdict: Verdict, now: Date, paint: Paint): readonly Field[] {
  const { decision, reason, message, report, earned, after, again } = verdict
  const next =
    again === null ? [] : [['Judge again', again <= now.getTime() / 1000 ? 'now' : `in ${ageText(again - now.getTime() / 1000)}`] as const]
  return [
    [
      'Decision',
      `${paint(MEANINGS[decision], decision)}, ${printable(reason, 60)}${report ? '; only reported, as the setting mode asks' : ''}`,
    ],
    ['Because', printable(message, 400)],
    ['Earned', earned ?? 'nothing yet: the mains have not finished for good'],
    ...(after === null ? [] : [['After', afterText(after, earned)] as const]),
    ...next,
  ]
}

function afterText(after: NonNullable<Verdict['after']>, earned: Verdict['earned']): string {
  if (after === earned) return `${after}, as its mains deserve`
  if (after === 'Unknown') return "Unknown: it depends on a sidecar's exit code"
  if (after === 'Running') return 'Running: a container would be restarted'
  return `${after}, which its mains do not deserve`
}

function containerTable(pod: Pod, { containers }: Verdict, now: Date, paint: Paint): string {
  const written: string[] = []
  const rows = table(['  NAME', 'ROLE', 'STATE', 'LEFT OVER', 'WHY'], {
    write: text => written.push(text),
    paint,
    page: Number.POSITIVE_INFINITY,
  })
  for (const container of containers) rows.row(containerRow(pod, container, now))
  rows.flush()
  return written.join('') || '  none\n'
}

function containerRow(pod: Pod, { name, role, left_over, why }: ContainerVerdict, now: Date) {
  const isLeftOver = left_over ? ({ text: 'yes', meaning: 'notable' } as const) : '-'
  return [`  ${printable(name)}`, role, stateText(pod, name, now), isLeftOver, printable(why, 400)]
}

function fields(pairs: readonly Field[]): string {
  const width = 'Restart policy: '.length
  return pairs.map(([name, value]) => `  ${`${name}:`.padEnd(width)} ${value}\n`).join('')
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, index) => `  ${index + 1}. ${line}\n`).join('')
}

function bullets(lines: readonly string[]): string {
  return lines.map(line => `  - ${line}\n`).join('')
}

function short(sha256: string): string {
  return `sha256 ${sha256.slice(0, 12)}`
}
