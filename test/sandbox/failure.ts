import type { Json } from './objects.ts'
import type { Resource } from './resources.ts'

/** A Status object of the API, as the server words it. */
export type Status = { readonly [field: string]: Json } & { readonly code: number }

function failure(code: number, reason: string, message: string, details?: Json, metadata: Json = {}): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    reason,
    ...(details !== undefined && { details }),
    code,
  }
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', 'Unauthorized')
}

export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message)
}

export function unknownPath(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function notFound(resource: Resource, name: string): Status {
  return failure(404, 'NotFound', `${plural(resource)} "${name}" not found`, details(resource, name))
}

export function alreadyExists(resource: Resource, name: string): Status {
  return failure(409, 'AlreadyExists', `${plural(resource)} "${name}" already exists`, details(resource, name))
}

export function methodNotAllowed(): Status {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function conflict(resource: Resource, name: string): Status {
  const message = `Operation cannot be fulfilled on ${plural(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`
  return failure(409, 'Conflict', message, details(resource, name))
}

export function unsupportedPatch(): Status {
  const types = 'application/merge-patch+json, application/strategic-merge-patch+json'
  return failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${types}`)
}

export type FieldFault = { readonly field: string; readonly reason: string; readonly message: string }

export function invalid(resource: Resource, name: string, faults: readonly FieldFault[]): Status {
  const list = faults.map(fault => `${fault.field}: ${fault.message}`)
  const sentence = list.length === 1 ? list[0] : `[${list.join(', ')}]`
  const causes = faults.map(({ field, reason, message }) => ({ reason, message, field }))
  return failure(422, 'Invalid', `${resource.kind} "${name}" is invalid: ${sentence}`, {
    name,
    ...group(resource),
    kind: resource.kind,
    causes,
  })
}

export function forbidden(resource: string, apiGroup: string, name: string, why: string): Status {
  const qualified = apiGroup === '' ? resource : `${resource}.${apiGroup}`
  const message = name === '' ? `${qualified} is forbidden: ${why}` : `${qualified} "${name}" is forbidden: ${why}`
  return failure(403, 'Forbidden', message, {
    ...(name !== '' && { name }),
    ...(apiGroup !== '' && { group: apiGroup }),
    kind: resource,
  })
}

export function internalError(message: string): Status {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

export function expiredList(next: string): Status {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
    'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return failure(410, 'Expired', message, undefined, { continue: next })
}

export function expiredWatch(version: number, oldest: number): Status {
  return failure(410, 'Expired', `too old resource version: ${version} (${oldest})`)
}

const reasons: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** A Status for a code that a test declares. */
export function declared(code: number, message: string): Status {
  return failure(code, reasons[code] ?? 'Unknown', message)
}

function plural(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

function group(resource: Resource): { readonly group?: string } {
  return resource.group === '' ? {} : { group: resource.group }
}

function details(resource: Resource, name: string): Json {
  return { name, ...group(resource), kind: resource.plural }
}
