import { type Cluster, ClusterError, type Scope } from '../cluster.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { printable } from '../printable.ts'
import type { Review, ReviewedResource } from '../review.ts'
import { isSelected, note, nothingOf, problem, type Selection, subjectOf } from './file-review.ts'
import type { FileReview, FindingRecord, Remark } from './record.ts'

export interface LiveOptions {
  readonly review: Review
  readonly selection: Selection
  readonly signal: AbortSignal
}

/**
 * The review of what lives in a cluster, object by object, a page in memory at a time. Of what another object makes only
 * that is told which was not said of that one: a sidecar that a webhook added to its pods. What cannot be read is remarked;
 * throws ClusterError when that is everything.
 */
export async function* reviewCluster(cluster: Cluster, scope: Pick<Scope, 'namespace'>, options: LiveOptions): AsyncGenerator<FileReview> {
  const groups = await cluster.apiGroups(options.signal)
  const resources = options.review.resources().flatMap(resource => servedBy(groups, resource))
  const beside: object[] = []
  const saidOf: SaidOf = new Map()
  let failure: unknown
  let wasRead = false
  for (const resource of resources) {
    if (scope.namespace !== undefined && !resource.namespaced && !resource.beside) continue
    try {
      for await (const object of objects(cluster, resource, scope, options.signal)) {
        wasRead ||= !resource.beside
        beside.push(...options.review.beside(object))
        const review = resource.beside ? undefined : ofItsOwn(reviewObject(object, beside, options), object, saidOf)
        if (review !== undefined) yield review
      }
      wasRead ||= !resource.beside
    } catch (error) {
      options.signal.throwIfAborted()
      if (!(error instanceof ClusterError)) throw error
      if (error.code === 'not-found') continue // a kind of that group which nobody installed
      if (error.code !== 'forbidden' && error.code !== 'server') throw error
      failure ??= error
      yield nothingOf(resource.resource, [unread(resource, error)], false)
    }
  }
  if (!wasRead && failure !== undefined) throw failure
}

/** A resource in the version that we know, else in the one that the server prefers: the fields that the rules read are the same. */
function servedBy(groups: ReadonlyMap<string, readonly string[]>, resource: ReviewedResource): readonly ReviewedResource[] {
  if (resource.group === '') return [resource]
  const versions = groups.get(resource.group) ?? []
  const [preferred] = versions
  if (preferred === undefined) return [] // a group that nobody installed
  return [versions.includes(resource.version) ? resource : { ...resource, version: preferred }]
}

/** Without what they count in, findings on others are still right, but some may be missing. */
function unread({ resource, beside }: ReviewedResource, { message }: ClusterError): Remark {
  return beside ? note(resource, null, `${message}; what they do to other objects is not known`) : problem(resource, null, message)
}

async function* objects(
  cluster: Cluster,
  { group, version, kind, namespaced, resource }: ReviewedResource,
  { namespace }: Pick<Scope, 'namespace'>,
  signal: AbortSignal,
): AsyncGenerator<Mapping> {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const within = namespaced && namespace !== undefined ? { namespace } : {}
  const seen = new Set<unknown>() // a list that began again shows them once more
  for await (const { items } of cluster.objectPages({ group, version, resource }, within, signal)) {
    for (const item of items) {
      if (!isMapping(item)) continue
      const uid = isMapping(item['metadata']) ? item['metadata']['uid'] : undefined
      if (uid !== undefined && seen.has(uid)) continue
      seen.add(uid)
      yield { ...item, apiVersion, kind } // the items of a list leave these out
    }
  }
}

/** By the uid of an object what was said of it and of what it makes: rule and container. */
type SaidOf = Map<string, Set<string>>

/** A review without what was said of the object's maker; nothing when that is all there is to say of it. */
function ofItsOwn(review: FileReview, object: Mapping, saidOf: SaidOf): FileReview | undefined {
  const { uid, maker } = identityOf(object)
  const ofMaker = saidOf.get(maker)
  const said = ofMaker ?? new Set()
  const findings = review.findings.filter(({ rule, container }) => !said.has(`${rule} ${container}`))
  for (const { rule, container } of findings) said.add(`${rule} ${container}`)
  saidOf.set(uid, said)
  if (ofMaker === undefined) return review
  return findings.length > 0 || review.remarks.length > 0 ? { ...review, findings, manifests: 0 } : undefined
}

function identityOf({ metadata }: Mapping): { readonly uid: string; readonly maker: string } {
  const { uid, ownerReferences } = isMapping(metadata) ? metadata : {}
  const owners: unknown[] = Array.isArray(ownerReferences) ? ownerReferences : []
  const maker = owners.filter(isMapping).find(({ controller }) => controller === true)
  return { uid: String(uid), maker: String(maker?.['uid']) }
}

function reviewObject(object: Mapping, beside: readonly object[], { review, selection }: LiveOptions): FileReview {
  const about = subjectOf(object, [])
  const file = [about.namespace, about.kind, about.name].filter(part => part !== null).join('/')
  try {
    const findings = review.findings(object, beside).filter(finding => isSelected(finding, selection))
    const records = findings.map((finding): FindingRecord => ({
      kind: 'finding',
      file,
      line: null,
      column: null,
      source: null,
      build: null,
      object: about,
      ...finding,
      fixed: false,
    }))
    return { ...nothingOf(file, [], false), manifests: 1, findings: records }
  } catch (error) {
    const message = printable(error instanceof Error ? error.message : String(error), 400)
    return { ...nothingOf(file, [problem(file, null, message)], false), manifests: 1 }
  }
}
