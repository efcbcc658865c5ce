import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { readFile } from 'node:fs/promises'
import { parseTar } from 'nanotar'
import * as z from 'zod/mini'
import { fileName, readProblem } from '../documents.ts'
import { isMapping } from '../mapping.ts'
import { PolicyError, said } from '../policy/error.ts'
import { type Evaluator, loadEvaluator } from '../policy/evaluator.ts'
import { printable } from '../printable.ts'
import type { Finding, Review, Severity } from '../review.ts'

/** Rego of somebody else, compiled to wasm: a manifest in, findings out. */
export interface OtherPolicy {
  findings(manifest: object): readonly Finding[]
  /** The names of its rules, undefined where only its answers tell. */
  readonly rules: readonly string[] | undefined
  readonly file: string
  /** Of the file, hexadecimal. */
  readonly sha256: string
}

/** How entry points begin that answer with findings: conftest's names, as `deny_team` too, or `findings` with all that ours say. */
const SEVERITIES = { deny: 'error', violation: 'error', warn: 'warning', findings: 'error' } as const satisfies Record<string, Severity>
const BUILD = 'build it with opa build -t wasm -e PACKAGE/deny'

/**
 * The policy of a bundle that `opa build -t wasm` made, with its data, or of a bare .wasm file, which has none.
 * @throws {PolicyError} `unreadable` naming the file and what was expected
 */
export async function loadOtherPolicy(path: string): Promise<OtherPolicy> {
  const file = fileName(path)
  const unreadable = (why: string, cause?: unknown) => new PolicyError('unreadable', `Cannot load the policy ${file}: ${why}`, { cause })
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(readProblem(cause), cause)
  })
  const { wasm, data } = unpacked(bytes, unreadable)
  const evaluator = await loadEvaluator(new Uint8Array(wasm), data).catch((cause: unknown) => {
    throw unreadable(`it is no policy compiled to wasm: ${printable(said(cause), 200)}; ${BUILD}`, cause)
  })
  if (!(evaluator.abi >= 2)) throw unreadable(`its OPA wasm ABI is 1.${evaluator.abi}, expected 1.2 or later`)
  const entryPoints = Object.keys(evaluator.entryPoints).filter(name => kindOf(name) !== undefined)
  if (entryPoints.length === 0) throw unreadable(`it has no entry point ${Object.keys(SEVERITIES).join(', ')}; ${BUILD}`)
  return {
    findings: manifest => entryPoints.flatMap(name => ask(evaluator, name, manifest, file)),
    rules: entryPoints.some(name => kindOf(name) === 'findings') ? undefined : entryPoints,
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

/** A review that says what these policies say too. */
export function withPolicies(review: Review, policies: readonly OtherPolicy[]): Review {
  if (policies.length === 0) return review
  return {
    ...review,
    findings: (manifest, beside) => [...review.findings(manifest, beside), ...policies.flatMap(policy => policy.findings(manifest))],
    hashes: { ...review.hashes, others: policies.map(({ file, sha256 }) => ({ file, sha256 })) },
  }
}

type Unreadable = (why: string, cause?: unknown) => PolicyError

function unpacked(bytes: Buffer, unreadable: Unreadable): { readonly wasm: Uint8Array; readonly data: object } {
  if (bytes.subarray(0, 4).equals(WASM)) return { wasm: bytes, data: {} }
  const files = tarFiles(bytes, unreadable)
  const wasm = files.get('policy.wasm')
  if (wasm === undefined) throw unreadable(`the bundle holds no policy.wasm; ${BUILD}`)
  const text = files.get('data.json')
  try {
    const data: unknown = text === undefined ? {} : JSON.parse(Buffer.from(text).toString())
    if (isMapping(data)) return { wasm, data }
  } catch (cause) {
    throw unreadable(`its data.json is no JSON: ${printable(said(cause), 200)}`, cause)
  }
  throw unreadable('its data.json is no mapping')
}

const WASM = Buffer.from('\0asm')
/** The gunzipped bundle: more is no policy. */
const MAX_BYTES = 256 * 1024 * 1024

function tarFiles(bytes: Buffer, unreadable: Unreadable): ReadonlyMap<string, Uint8Array> {
  try {
    const items = parseTar(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }))
    return new Map(items.flatMap(({ name, data }) => (data === undefined ? [] : [[name.replace(/^\.?\//, ''), data]])))
  } catch (cause) {
    throw unreadable(`it is neither wasm nor a bundle (tar.gz): ${printable(said(cause), 200)}; ${BUILD}`, cause)
  }
}

/** As conftest has it: a sentence, or a mapping with `msg`; ours have `message`, and may say more. */
const answer = z.array(
  z.union([
    z.string(),
    z.looseObject({
      msg: z.optional(z.string()),
      message: z.optional(z.string()),
      rule: z.optional(z.string()),
      severity: z.optional(z.enum(['error', 'warning', 'info'])),
      container: z.optional(z.nullable(z.string())),
      path: z.optional(z.array(z.union([z.string(), z.number()]))),
      docs: z.optional(z.string()),
      fix: z.optional(z.looseObject({ text: z.optional(z.string()) })),
    }),
  ]),
)

/** What one entry point says; that it cannot, as a finding, so that it takes no other finding along. */
function ask(evaluator: Evaluator, name: string, manifest: object, file: string): readonly Finding[] {
  const kind = kindOf(name) ?? 'deny' // only such are asked
  const finding = (given: Partial<Finding> & Pick<Finding, 'message'>): Finding => ({
    rule: name,
    severity: SEVERITIES[kind],
    container: null,
    path: [],
    fix: { text: `see ${name} in ${file}`, patch: [] },
    docs: '',
    ...given,
  })
  const failed = (why: string) => [finding({ severity: 'error', message: `cannot be judged: ${printable(why, 200)}` })]
  let results: readonly { readonly result: unknown }[]
  try {
    results = evaluator.evaluate(manifest, evaluator.entryPoints[name] ?? 0) as typeof results // OPA's result set
  } catch (cause) {
    return failed(said(cause))
  }
  const parsed = answer.safeParse(results[0]?.result ?? [])
  if (!parsed.success) return failed('the answer is no list of sentences, or of mappings with msg')
  return parsed.data.map(one => {
    if (typeof one === 'string') return finding({ message: one })
    const { msg, message = msg ?? JSON.stringify(one), rule, severity, container, path, docs, fix } = one
    return finding({
      message,
      ...(kind === 'findings' && rule !== undefined && { rule }),
      ...(severity && { severity }),
      ...(container && { container }),
      ...(path && { path }),
      ...(docs && { docs }),
      ...(fix?.text && { fix: { text: fix.text, patch: [] } }),
    })
  })
}

function kindOf(entryPoint: string): keyof typeof SEVERITIES | undefined {
  return /\/(deny|violation|warn|findings)(?:_[^/]*)?$/.exec(`/${entryPoint}`)?.[1] as keyof typeof SEVERITIES | undefined // those of the pattern
}
