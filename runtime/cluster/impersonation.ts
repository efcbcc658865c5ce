import type { OutgoingHttpHeaders } from 'node:http'
import type { Impersonation } from './kubeconfig-file.ts'

/** The headers that ask to act as somebody else (client-go, transport/round_trippers.go). */
export function impersonationHeaders(impersonation: Impersonation | undefined): OutgoingHttpHeaders {
  if (!impersonation?.user) return {}
  const { user, uid, groups, extra } = impersonation
  const extras = Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${headerKey(key)}`, values.map(headerValue)] as const)
  return {
    'Impersonate-User': headerValue(user),
    ...(uid === '' ? {} : { 'Impersonate-Uid': headerValue(uid) }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups.map(headerValue) }),
    ...Object.fromEntries(extras),
  }
}

/** Whatever a header's name cannot hold as the percent-encoded bytes that the server decodes. */
function headerKey(key: string): string {
  return Array.from(Buffer.from(key), byte => {
    const character = String.fromCharCode(byte)
    return /[\w!#$&'*+.^`|~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/** Node writes each character of a header as one byte, the server reads UTF-8. */
function headerValue(value: string): string {
  return Buffer.from(value).toString('latin1')
}
