import type { Opa } from './opa.ts'

interface Annotated {
  readonly annotations: {
    readonly scope: string
    readonly title?: string
    readonly description?: string
    readonly custom?: { readonly decision?: string; readonly warning?: boolean }
  }
}

/** Said by the runtime, for want of a verdict. */
const UNREADABLE = {
  code: 'unreadable',
  decision: 'refuse',
  description:
    'A field of the pod has a shape that Kubernetes does not give it, or the policy failed on the pod, so nothing can be said of it.',
}

const MEANING = {
  end: 'The sidecars are ended',
  wait: 'A later sweep looks again',
  leave: 'The pod is not ours to end, or nothing is left to end',
  refuse: 'A person must change something first',
} as const

/** docs/reasons.md: every reason code of the verdicts, from the METADATA of the rules. */
export async function reasonsPage(opa: Opa): Promise<string> {
  const { annotations } = JSON.parse(await opa('inspect', '--annotations', '-f', 'json', 'policies/sidecar')) as {
    annotations: Annotated[]
  } // opa's own output
  const said = annotations.flatMap(({ annotations: { title, description, custom } }) =>
    title && description && custom ? [{ code: title, description, ...custom }] : [],
  )
  const reasons = [...said, UNREADABLE]
  const sections = Object.entries(MEANING).map(([decision, meaning]) => {
    return `## \`${decision}\`\n\n${meaning}.\n\n${table(
      'reason',
      reasons.filter(reason => reason.decision === decision),
    )}`
  })
  return `# Reasons

Every verdict carries one of these codes. They are stable: scripts may depend on them.
Written by \`npm run policy\` from the METADATA of \`policies/sidecar/*.rego\`.

${sections.join('\n')}
## Warnings

A verdict may carry warnings beside its reason. They change nothing by themselves.

${table(
  'warning',
  said.filter(({ warning }) => warning),
)}`
}

function table(heading: string, codes: readonly { readonly code: string; readonly description: string }[]): string {
  const rows = codes
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, description }) => `| \`${code}\` | ${description.replaceAll('|', '\\|')} |`)
  return `| ${heading} | what it means |\n|---|---|\n${rows.join('\n')}\n`
}
