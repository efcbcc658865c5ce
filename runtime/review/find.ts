import { type Dirent, globSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileName, readProblem, STDIN } from '../documents.ts'
import { coveredFiles, kustomizationOf } from './kustomization.ts'
import { type GitIgnore, gitIgnore, ignoring } from './ignored.ts'
import type { Remark } from './record.ts'

/** What to review, or what there is to say of a place where nothing can be. */
export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly isNamed: boolean }
  | { readonly kind: 'kustomization'; readonly folder: string; readonly name: string }
  | { readonly kind: 'remark'; readonly remark: Remark }

export interface FindOptions {
  /** Patterns to leave out, as .gitignore writes them. */
  readonly ignore: readonly string[]
  readonly cwd: string
  /** Whether kustomizations can be built: then the files that they name are not reviewed alone. Asked when there is one. */
  readonly canBuild: () => Promise<boolean>
  readonly signal: AbortSignal
  /** Awaited at each folder, so that whoever ends a long search is heard. @throws when it is ended */
  readonly pause?: () => Promise<void>
}

const EXTENSIONS = /\.(ya?ml|json)$/i
const GLOB = /[*?[\]{}]/

/** The files of arguments: files as they are named, folders with all below them, patterns. Each once, in a fixed order, some at once. */
export async function* findFiles(paths: readonly string[], options: FindOptions): AsyncGenerator<readonly Found[]> {
  const seen = new Set<string>()
  const isNew = (found: Found) => {
    if (found.kind === 'remark') return true
    const key = resolve(options.cwd, found.kind === 'file' ? found.path : found.folder)
    return !seen.has(key) && seen.add(key) !== undefined
  }
  for (const path of paths) for await (const found of findOne(path, walker(options), options)) yield found.filter(isNew)
}

async function* findOne(path: string, walk: Walk, options: FindOptions): AsyncGenerator<readonly Found[]> {
  if (path === STDIN) return yield [{ kind: 'file', path, isNamed: true }]
  if (path === '') return yield [problem('""', 'names no file')] // resolved, it would be the working directory
  const isIgnored = ignoring(options.ignore, options.cwd)
  const full = resolve(options.cwd, path)
  try {
    const isFolder = statSync(full).isDirectory()
    if (isIgnored(full, isFolder)) return
    if (isFolder) yield* walk(path, gitIgnore(full), [realpathSync(full)])
    else if (kustomizationOf(new Set([basename(path)])) !== undefined && (await options.canBuild()))
      yield [{ kind: 'kustomization', folder: dirname(path), name: basename(path) }]
    else yield [{ kind: 'file', path, isNamed: true }]
  } catch (error) {
    options.signal.throwIfAborted()
    if (isMissing(error) && GLOB.test(path)) return yield* matching(path, walk, options)
    yield [problem(path, readProblem(error))]
  }
}

async function* matching(pattern: string, walk: Walk, options: FindOptions): AsyncGenerator<readonly Found[]> {
  const { ignore, cwd } = options
  const isIgnored = ignoring(ignore, cwd)
  const base = resolve(cwd, fixedPart(pattern))
  let count = 0
  for (const name of globSync(pattern, { cwd }).toSorted()) {
    if (isHidden(name, pattern)) continue
    const full = resolve(cwd, name)
    const isFolder = statSync(full, { throwIfNoEntry: false })?.isDirectory() ?? false
    const rules = rulesDownTo(full, isFolder, base)
    if (rules === undefined || isIgnored(full, isFolder)) continue
    if (isFolder) yield* walk(name, rules, [realpathSync(full)])
    else if (EXTENSIONS.test(name)) yield [{ kind: 'file', path: name, isNamed: false }]
    count++
  }
  if (count === 0) yield [problem(pattern, 'matches no file')]
}

/** What a pattern names as it is: the folders before the first that is a pattern. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex(part => GLOB.test(part)),
  )
  return fixed.length === 1 && fixed[0] === '' ? '/' : fixed.join('/')
}

/** The rules that hold for a path, or undefined when they leave it or a folder above it out. */
function rulesDownTo(path: string, isFolder: boolean, base: string): GitIgnore | undefined {
  let rules = gitIgnore(base)
  const parts = relative(base, path).split(sep)
  for (const [index] of parts.entries()) {
    const at = join(base, ...parts.slice(0, index + 1))
    const isLast = index === parts.length - 1
    if (rules.has(at, !isLast || isFolder)) return undefined
    if (!isLast || isFolder) rules = rules.below(at)
  }
  return rules
}

function isHidden(name: string, pattern: string): boolean {
  return name.split(/[\\/]/).some(part => /^\.[^.]/.test(part) && !pattern.includes(part))
}

/** What is below a folder; `above` are the real paths of the folders that lead to it. */
type Walk = (folder: string, rules: GitIgnore, above: readonly string[]) => AsyncGenerator<readonly Found[]>

function walker({ ignore, cwd, canBuild, signal, pause }: FindOptions): Walk {
  const isIgnored = ignoring(ignore, cwd)
  const covered = new Set<string>()

  return async function* walk(folder, rules, above): AsyncGenerator<readonly Found[]> {
    signal.throwIfAborted()
    await pause?.()
    const full = resolve(cwd, folder)
    let entries: Dirent[]
    try {
      entries = readdirSync(full, { withFileTypes: true })
    } catch (error) {
      return yield [problem(folder, readProblem(error))]
    }
    let found: Found[] = []
    const names = new Set(entries.map(({ name }) => name))
    const kustomization = kustomizationOf(names)
    if (kustomization !== undefined) {
      const { isComponent, files } = await coveredFiles(join(full, kustomization))
      if (await canBuild()) {
        for (const file of files) covered.add(file)
        if (!isComponent) found.push({ kind: 'kustomization', folder, name: kustomization })
      } else if (!isComponent)
        found.push(
          note(
            join(folder, kustomization),
            'cannot be built: neither kustomize nor kubectl is on PATH; its files are reviewed as they are, without its patches',
          ),
        )
    }
    const [pathOf, placeOf] = [joinedTo(folder), joinedTo(full)]
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name } = entry
      const [path, place] = [pathOf(name), placeOf(name)]
      if (name.startsWith('.') || name === kustomization) continue
      const kind = kindOf(entry, place)
      if (rules.has(place, kind === 'folder') || isIgnored(place, kind === 'folder')) continue
      if (kind === 'folder') {
        const real = realpathSync(place)
        if (above.includes(real)) found.push(note(path, 'is a link to a folder above it, which is reviewed already'))
        else if (name === 'templates' && names.has('Chart.yaml')) found.push(chart(folder, path))
        else {
          yield found
          found = []
          yield* walk(path, rules.below(place), [...above, real])
        }
      } else if (typeof kind === 'object') {
        if (EXTENSIONS.test(name)) found.push(problem(path, kind.problem))
      } else if (kind === 'file' && EXTENSIONS.test(name) && !covered.has(place)) found.push({ kind: 'file', path, isNamed: false })
    }
    yield found
  }
}

/** What join() gives for the names in a folder: it reads the whole of a path each time. */
function joinedTo(folder: string): (name: string) => string {
  const before = join(folder, 'x').slice(0, -1)
  return name => before + name
}

/** Sockets, devices and pipes in a folder are no manifests. */
function kindOf(entry: Dirent, path: string): 'file' | 'folder' | 'other' | { readonly problem: string } {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (!entry.isSymbolicLink()) return 'other'
  try {
    const found = statSync(path)
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other'
  } catch (error) {
    return { problem: isMissing(error) ? 'is a link to a file that does not exist' : readProblem(error) }
  }
}

function chart(folder: string, templates: string): Found {
  const name = folder === '.' ? '.' : fileName(folder)
  return note(
    templates,
    `are the templates of the Helm chart ${basename(name)}, which are no YAML yet; review what they render to: helm template ${name} | sidecar-reaper review -`,
  )
}

function problem(file: string, message: string): Found {
  return { kind: 'remark', remark: { kind: 'problem', file, place: null, message } }
}

function note(file: string, message: string): Found {
  return { kind: 'remark', remark: { kind: 'note', file, place: null, message } }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
