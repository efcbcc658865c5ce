import { parseArgs } from 'node:util'
import { defaultVersion, versions, type Version } from '../setup/paths.ts'
import { variants, type Variant } from './row.ts'

export type SuiteOptions = Readonly<{
  version: Version
  context: string | undefined
  registry: string | undefined
  bundle: string | undefined
  /** The real sidecar programs instead of the table of scenarios. */
  sidecars: boolean
  only: RegExp
  ways: readonly Variant[]
  help: boolean
}>

export const help = `Runs the table of scenarios on a real cluster and prints TAP: one test a row and set of ways.

Usage:
  npm run test:cluster -- [options]
  npm run test:cluster:sidecars -- [options]   the real sidecar programs of the catalogue, each ended by each of its ways;
                                               builds them once, which takes some minutes, Go and Python's pip

Options:
  --kubernetes VERSION  Our own cluster of this version, brought up if need be and left up: ${versions.join(', ')}
                        (default ${defaultVersion})
  --context NAME        Any cluster, by the kubeconfig's context, as cluster admin; needs kubectl, and a node whose /var/tmp
                        pods may mount. Everything is made in namespaces of the suite's own, but for one Job in
                        kube-system, and goes in the end
  --registry PREFIX     Where that cluster gets the test images PREFIX/actor:1 and PREFIX/busybox:1; without it they must
                        be on its nodes. \`npm run cluster -- images FILE\` writes them as a docker-archive
  --only PATTERN        Only rows whose title matches this regular expression, such as '^plain' or '· signal$'
  --ways WAYS           Only with these sets of ways: ${variants.join(', ')}; may be given several times
  --bundle FILE         Test this bundle instead of building one
  -h, --help            Show this help

Exit codes: 0 all as expected, 1 not, 64 usage.
`

/** Reads the arguments; throws a SyntaxError of one line for what it can't make sense of. */
export function suiteOptions(args: readonly string[]): SuiteOptions {
  const { values } = parsed(args)
  if (values.sidecars && values.context !== undefined)
    throw new SyntaxError('The sidecars run on our own cluster only: leave --context out')
  return {
    version: oneOf(versions, values.kubernetes ?? defaultVersion, 'Kubernetes version'),
    context: values.context,
    registry: values.registry,
    bundle: values.bundle,
    sidecars: values.sidecars ?? false,
    only: new RegExp(values.only ?? '', 'i'),
    ways: values.ways?.map(way => oneOf(variants, way, 'set of ways')) ?? variants,
    help: values.help ?? false,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubernetes: { type: 'string' },
        context: { type: 'string' },
        registry: { type: 'string' },
        bundle: { type: 'string' },
        sidecars: { type: 'boolean' },
        only: { type: 'string' },
        ways: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message : String(error))
  }
}

function oneOf<const T extends string>(known: readonly T[], word: string, what: string): T {
  const found = known.find(candidate => candidate === word)
  if (found !== undefined) return found
  throw new SyntaxError(`Unknown ${what} ${word}: expected one of ${known.join(', ')}`)
}
