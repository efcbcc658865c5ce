import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { FindingRecord, Remark, ReviewSummary } from '../../../runtime/review/record.ts'

const MAIN = fileURLToPath(new URL('../../../runtime/main.ts', import.meta.url))

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** `review` as a person runs it in that folder. */
export async function review(args: readonly string[], options: RunOptions = {}) {
  return run(['review', ...args], options)
}

/** Any command as a person runs it in that folder. */
export async function run(args: readonly string[], options: RunOptions = {}) {
  return ended(started(args, options))
}

/** Its process, which has begun. */
export function started(args: readonly string[], { cwd = '.', stdin = '', env = {} }: RunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env } })
  child.stdin.on('error', () => {}) // it may end before it has read all
  child.stdin.end(stdin)
  return child
}

/** What it then says. */
export async function ended(child: ChildProcessWithoutNullStreams) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

export type ReviewLine = FindingRecord | Remark | ReviewSummary

/** What -o json printed. */
export function lines(stdout: string): readonly ReviewLine[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as ReviewLine) // printed by us
}

export interface JobOptions {
  readonly name?: string
  /** An image that the catalogue knows makes the second container hang. Default: it does. */
  readonly image?: string
  /** Lines of the pod template's annotations. */
  readonly annotations?: string
}

/** The text of a Job with a main and a second container, which is on line 13, or 16 with annotations. */
export function job({ name = 'backup', image = 'timberio/vector:0.48.0', annotations }: JobOptions = {}): string {
  return `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  activeDeadlineSeconds: 600
  template:
${annotations === undefined ? '' : `    metadata:\n      annotations:\n        ${annotations}\n`}    spec:
      restartPolicy: Never
      containers:
        # the work
        - name: main
          image: acme/work
        - name: ${image.startsWith('acme/') ? 'second' : 'vector'} # ships logs
          image: ${image}
`
}

/** The same without a sidecar. */
export const FINE = job({ image: 'acme/second' })

/** A warning: its annotation names a container that is not there. */
export const MISSPELT = job({ image: 'acme/second', annotations: 'sidecar-reaper/sidecars: vectr' })

/** The text of a webhook that would strip NATIVE of what makes its sidecar native. */
export const WEBHOOK = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: labels }
webhooks:
  - name: labels.example.com
    admissionReviewVersions: [v1beta1]
    rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
`

/** The text of a Job with a native sidecar, on line 9. */
export const NATIVE = `apiVersion: batch/v1
kind: Job
metadata: { name: backup }
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers:
        - { name: logs, image: acme/logs, restartPolicy: Always }
      containers:
        - { name: main, image: acme/work }
`
