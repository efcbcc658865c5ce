import type { Opa } from './opa.ts'

interface Annotated {
  readonly annotations: {
    readonly scope: string
    readonly title?: string
    readonly description?: string
    readonly custom?: { readonly decision?: string }
  }
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
  const reasons = annotations.flatMap(({ annotations: { title, description, custom } }) =>
    title && description && custom?.decision ? [{ code: title, decision: custom.decision, description }] : [],
  )
  const sections = Object.entries(MEANING).map(([decision, meaning]) => {
    const rows = reasons
      .filter(reason => reason.decision === decision)
      .toSorted((a, b) => (a.code < b.code ? -1 : 1))
      .map(({ code, description }) => `| \`${code}\` | ${description.replaceAll('|', '\\|')} |`)
    return `## \`${decision}\`\n\n${meaning}.\n\n| reason | what it means |\n|---|---|\n${rows.join('\n')}\n`
  })
  return `# Reasons

Every verdict carries one of these codes. They are stable: scripts may depend on them.
Written by \`npm run policy\` from the METADATA of \`policies/sidecar/*.rego\`.

${sections.join('\n')}`
}
