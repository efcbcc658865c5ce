import { readFileSync } from 'node:fs'

/** One change or exec that a sweep asked the API server for. */
export type AuditEntry = Readonly<{
  verb: string
  requestURI: string
  user: { username: string }
  objectRef: { resource: string; subresource?: string; namespace?: string; name?: string }
  responseStatus?: { code: number }
  requestObject?: { metadata?: { annotations?: Record<string, string> }; status?: object }
}>

/** What ServiceAccounts of that namespace asked for so far, in order; undefined where the server keeps no such log. */
export function auditEntries(file: string | undefined, namespace: string): AuditEntry[] | undefined {
  if (file === undefined) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.includes(`"system:serviceaccount:${namespace}:`) && line.endsWith('}')) // the last may be half written, and is another's
    .map(line => JSON.parse(line) as AuditEntry) // audit.k8s.io/v1 Event
}
