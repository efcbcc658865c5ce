import { ClusterError, type ClusterErrorCode } from '../cluster.ts'
import { printable } from '../printable.ts'
import { address, cannot, reason, type Server } from './error.ts'
import type { Operation } from './operation.ts'
import { networkCode } from './retry.ts'

/** The error for a connection that could not be made, or broke. */
export function networkError(operation: Operation, server: Server, cause: unknown): ClusterError {
  const code = networkCode(cause)
  const fail = (kind: ClusterErrorCode, found: string): ClusterError => new ClusterError(kind, `${cannot(operation)}: ${found}`, { cause })
  // A proxy is the only one that we connect to ourselves.
  const at = server.proxy !== undefined && FIRST_HOP.has(code) ? `the proxy ${server.proxy}` : address(server)
  if (code === 'ECONNREFUSED')
    return fail('unreachable', `${at} refuses connections, check that it is the right address and that the server runs`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fail('unreachable', `the name in ${at} cannot be resolved, check the address and the DNS`)
  if (code === 'ECONNRESET' || code === 'EPIPE') return fail('unreachable', `${at} closed the connection before the answer was complete`)
  if (ROUTE.has(code)) return fail('unreachable', `there is no way to ${at}: ${code}, check the network, the VPN and firewalls`)
  if (EXPIRED.has(code))
    return fail('unreachable', `the certificate of ${at} is expired or not valid yet (${code}), renew it or set this machine's clock`)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return fail(
      'unreachable',
      `the certificate of ${at} is not for this name but for ${namesOf(cause)}: use one of them, or set tls-server-name`,
    )
  if (UNTRUSTED.test(code)) return fail('unreachable', `the certificate of ${at} is not trusted (${code}), check certificate-authority`)
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return fail('unreachable', `${at} does not speak TLS, check the address and its scheme`)
  if (code.startsWith('HPE_')) return fail('unreachable', `${at} does not speak HTTP (${code}), check the address and its scheme`)
  if (code.startsWith('ERR_SSL_')) return fail('unreachable', `${at} broke off the TLS handshake (${code}), check the client certificate`)
  if (code.startsWith('ERR_OSSL_'))
    return fail(
      'config',
      `a certificate or key of ${at} cannot be read (${code}), check certificate-authority, client-certificate and client-key`,
    )
  return fail('unreachable', `the connection to ${at} failed: ${reason(cause)}`)
}

function namesOf(cause: unknown): string {
  const certificate = cause instanceof Error && 'cert' in cause ? cause.cert : undefined
  const names = typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate ? certificate.subjectaltname : ''
  return printable(typeof names === 'string' ? names : '') || 'none'
}

const ROUTE = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'])
const FIRST_HOP = new Set([...ROUTE, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])
// The verify errors of OpenSSL, by the names that Node gives them.
const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)/
