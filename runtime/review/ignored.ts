import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'

/** The rules of the .gitignore files that hold in a folder, the nearest last. */
export interface GitIgnore {
  /** Those that hold in a folder below, its own included. */
  below(folder: string): GitIgnore
  has(path: string, isFolder: boolean): boolean
}

interface Rules {
  readonly folder: string
  readonly rules: Ignore
}

/** What git would ignore in a folder. A folder that is itself ignored was named on purpose: only its own rules hold then. */
export function gitIgnore(folder: string): GitIgnore {
  const above = foldersAbove(folder)
  let ignored = chain([])
  for (const one of above) ignored = ignored.below(one)
  return (ignored.has(folder, true) ? chain([]) : ignored).below(folder)
}

/** The folders between the top of the repository and that one, without itself; none outside of a repository. */
function foldersAbove(folder: string): readonly string[] {
  if (existsSync(join(folder, '.git'))) return []
  const above: string[] = []
  for (let at = dirname(folder), last = folder; at !== last; last = at, at = dirname(at)) {
    above.unshift(at)
    if (existsSync(join(at, '.git'))) return above
  }
  return []
}

function chain(all: readonly Rules[]): GitIgnore {
  return {
    below(folder) {
      const text = readOrEmpty(join(folder, '.gitignore'))
      return text === '' ? chain(all) : chain([...all, { folder, rules: ignore().add(text) }])
    },
    has(path, isFolder) {
      // The nearest file that says something decides.
      for (const { folder, rules } of all.toReversed()) {
        const { ignored, unignored } = rules.test(ruled(relative(folder, path), isFolder))
        if (ignored || unignored) return ignored
      }
      return false
    },
  }
}

/** Whether --ignore leaves a path out; patterns are those of .gitignore, from the working directory. */
export function ignoring(patterns: readonly string[], cwd: string): (path: string, isFolder: boolean) => boolean {
  if (patterns.length === 0) return () => false
  const rules = ignore({ allowRelativePaths: true }).add([...patterns])
  return (path, isFolder) => {
    const name = relative(cwd, path)
    return name !== '' && rules.ignores(ruled(name, isFolder))
  }
}

function ruled(path: string, isFolder: boolean): string {
  return `${sep === '/' ? path : path.replaceAll(sep, '/')}${isFolder ? '/' : ''}`
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
