import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { companion } from '../../../generator/reaper/companion.ts'
import { reaperManifests } from '../../../generator/reaper/reaper.ts'
import { builtInRows } from '../../../scripts/policy/artifacts.ts'
import { options, sources } from '../../generator/sources.ts'

/** Paths of one rule for three tools: a Job with a known sidecar among its containers will hang. */
export interface Rules {
  readonly conftest: string
  readonly gator: string
  readonly kyverno: string
}

/**
 * Writes them. gator has the companion for Gatekeeper, and conftest the same Rego, so both know what the catalogue knows.
 * kyverno would take ten times as long over its companion: it looks up names and parts of images only.
 */
export async function writeRules(folder: string): Promise<Rules> {
  const rules = { conftest: join(folder, 'conftest'), gator: join(folder, 'gator'), kyverno: join(folder, 'kyverno.yaml') }
  for (const made of [rules.conftest, rules.gator]) await mkdir(made, { recursive: true })
  const manifests = reaperManifests(options({ companions: ['gatekeeper'] }), sources).filter(({ file }) => file.startsWith('gatekeeper-'))
  for (const { file, text } of manifests) await writeFile(join(rules.gator, file), text)
  const template = manifests.find(({ file }) => file === 'gatekeeper-template.yaml')
  await writeFile(join(rules.conftest, 'hangs.rego'), forConftest(load(template?.text ?? '') as ConstraintTemplate)) // our own
  await writeFile(rules.kyverno, JSON.stringify(await lookUp()))
  return rules
}

interface ConstraintTemplate {
  readonly spec: { readonly targets: readonly [{ readonly code: readonly [{ readonly source: { readonly rego: string } }] }] }
}

function forConftest({ spec }: ConstraintTemplate): string {
  return spec.targets[0].code[0].source.rego
    .replace(/^package .*/, 'package main')
    .replace('violation contains', 'deny contains')
    .replaceAll('input.review.object', 'input')
}

async function lookUp(): Promise<object> {
  const { catalogue } = companion(await builtInRows())
  const parts = (images: readonly string[]) => images.map(image => image.replace(/^\^\[\^@\]\*\/|\(:.*/g, '').replaceAll('[.]', '.'))
  const named = Map.groupBy(
    catalogue.flatMap(({ names, images }) => names.map(name => ({ name, parts: parts(images) }))),
    ({ name }) => name,
  )
  const byName = Object.fromEntries([...named].map(([name, rows]) => [name, rows.flatMap(row => row.parts)]))
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name: 'hanging-jobs' },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }] },
      variables: [{ name: 'catalogue', expression: JSON.stringify(byName) }],
      validations: [
        {
          expression:
            '!object.spec.template.spec.containers.exists(c, c.name in variables.catalogue && variables.catalogue[c.name].exists(image, c.image.contains(image)))',
          message: 'it will not complete by itself',
        },
      ],
    },
  }
}
