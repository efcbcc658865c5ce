import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { load } from 'js-yaml'
import type { Path } from '../review.ts'
import { findingRecord, isSelected, note, nothingOf, problem, type TextReviewOptions } from './file-review.ts'
import { findingsOf } from './findings.ts'
import type { Builder } from './kustomize.ts'
import { type Manifest, parseManifests } from './manifests.ts'
import type { FileReview, FindingRecord, Place } from './record.ts'
import { isMapping, type Mapping } from '../mapping.ts'

export interface BuildReviewOptions extends Pick<TextReviewOptions, 'review' | 'selection' | 'beside'> {
  readonly folder: string
  /** The name of the kustomization in the folder. */
  readonly name: string
  readonly builder: Builder
  readonly cwd: string
  readonly fix: 'no' | 'write' | 'diff'
  readonly signal: AbortSignal
}

/** The review of what a kustomization builds, each finding where its object is written. */
export async function reviewBuild(options: BuildReviewOptions): Promise<FileReview> {
  const { folder, name, builder, review, selection, beside = [], cwd, fix, signal } = options
  const file = join(folder, name)
  try {
    const { text, base } = await builder.build(resolve(cwd, folder), signal)
    const { manifests } = parseManifests(text)
    const files = originFiles(base)
    const own = manifests.flatMap(({ value }) => review.beside(value))
    const all = [...beside, ...own]
    const findings: FindingRecord[] = []
    for (const built of manifests) {
      const value = withoutOrigin(built.value)
      for (const finding of findingsOf(review, value, all).filter(one => isSelected(one, selection))) {
        const at = await files.placeOf(built, finding.path)
        const record = findingRecord(finding, { ...built, value }, at ? relative(cwd, at.file) || at.file : file)
        findings.push({ ...record, ...(at?.place ?? START), build: folder })
      }
    }
    const [first] = findings
    const remarks =
      fix === 'no' || first === undefined
        ? []
        : [note(file, null, `builds are not mended; name the files to mend them alone: sidecar-reaper review --fix ${first.file}`)]
    return { file, isFile: true, manifests: manifests.length, findings, remarks, diff: '', beside: own }
  } catch (error) {
    signal.throwIfAborted()
    return nothingOf(file, [problem(file, null, `cannot be built: ${whyNot(error)}`)])
  }
}

const START: Place = { line: 1, column: 1 }
const ORIGIN = 'config.kubernetes.io/origin'

interface Origins {
  placeOf(built: Manifest, path: Path): Promise<{ readonly file: string; readonly place: Place } | undefined>
}

/** Where built objects come from, by the origin that kustomize gives them. */
function originFiles(base: string): Origins {
  const files = new Map<string, Promise<readonly Manifest[]>>()
  const manifestsOf = async (file: string) => parseManifests(await readFile(file, 'utf8')).manifests
  return {
    async placeOf(built, path) {
      const origin = originOf(built.value)
      if (origin === undefined) return undefined
      const file = resolve(base, origin)
      const manifests = await (files.get(file) ??
        files
          .set(
            file,
            manifestsOf(file).catch(() => []),
          )
          .get(file) ??
        [])
      const [written, other] = manifests.filter(one => isOrigin(one, built))
      return { file, place: written === undefined || other !== undefined ? START : written.place(pathIn(written.value, built.value, path)) }
    },
  }
}

function originOf(value: Mapping): string | undefined {
  const text = annotationsOf(value)[ORIGIN]
  const origin: unknown = typeof text === 'string' ? load(text) : undefined
  if (!isMapping(origin) || origin['repo'] !== undefined) return undefined
  const path = origin['path'] ?? origin['configuredIn']
  return typeof path === 'string' ? path : undefined
}

/** Kustomize puts prefixes and suffixes around names. */
function isOrigin({ value }: Manifest, { value: built }: Manifest): boolean {
  const [name, now] = [value, built].map(({ metadata }) => (isMapping(metadata) ? metadata['name'] : undefined))
  return value['kind'] === built['kind'] && (name === now || (typeof name === 'string' && typeof now === 'string' && now.includes(name)))
}

/** The same place in what an object was before patches: items of lists are known by their names. It ends where that has nothing. */
function pathIn(written: Mapping, built: Mapping, path: Path): Path {
  const found: (string | number)[] = []
  let [here, there]: [unknown, unknown] = [written, built]
  for (const key of path) {
    const item: unknown = Reflect.get(Object(there), key)
    const own: unknown =
      Array.isArray(here) && isMapping(item) ? here.findIndex(one => isMapping(one) && one['name'] === item['name']) : key
    if (own === -1) return found
    found.push(own as string | number) // an index or the key
    here = Reflect.get(Object(here), own as string | number)
    there = item
  }
  return found
}

/** The object as a build without origins has it. */
function withoutOrigin(value: Mapping): Mapping {
  const { metadata } = value
  if (!isMapping(metadata)) return value
  const { [ORIGIN]: _, ...annotations } = annotationsOf(value)
  const { annotations: __, ...rest } = metadata
  return { ...value, metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations } }
}

function annotationsOf({ metadata }: Mapping): Mapping {
  const annotations = isMapping(metadata) ? metadata['annotations'] : undefined
  return isMapping(annotations) ? annotations : {}
}

function whyNot(error: unknown): string {
  if (error instanceof Error && 'killed' in error && error.killed === true) return 'it takes longer than two minutes'
  const stderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : ''
  const lines = (stderr || (error instanceof Error ? error.message : String(error))).trim().split('\n')
  return (lines.findLast(line => /error/i.test(line)) ?? lines.at(-1) ?? '').replace(/^error: /i, '')
}
