import t from 'tap'
import { statusError } from '../../../runtime/cluster/error.ts'
import { networkError } from '../../../runtime/cluster/network-error.ts'
import { readPod } from '../../../runtime/cluster/operation.ts'

const server = { origin: 'https://10.0.0.1:6443', source: 'kubeconfig /c, context prod' }
const read = readPod({ namespace: 'shop', name: 'web-1' })

t.test('networkError() has one sentence for each way of not getting through', async t => {
  const of = (code: string) => {
    const error = networkError(read, server, Object.assign(new Error('boom\u001b'), code === '' ? {} : { code }))
    return `${error.code}: ${error.message.replace('Cannot read pod shop/web-1: ', '').replace('https://10.0.0.1:6443 (kubeconfig /c, context prod)', 'X')}`
  }
  t.same(
    [
      'ECONNREFUSED',
      'ENOTFOUND',
      'ECONNRESET',
      'EHOSTUNREACH',
      'CERT_HAS_EXPIRED',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'EPROTO',
      'HPE_INVALID_CONSTANT',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_OSSL_PEM_NO_START_LINE',
      '',
    ].map(of),
    [
      'unreachable: X refuses connections, check that it is the right address and that the server runs',
      'unreachable: the name in X cannot be resolved, check the address and the DNS',
      'unreachable: X closed the connection before the answer was complete',
      'unreachable: there is no way to X: EHOSTUNREACH, check the network, the VPN and firewalls',
      "unreachable: the certificate of X is expired or not valid yet (CERT_HAS_EXPIRED), renew it or set this machine's clock",
      'unreachable: the certificate of X is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE), check certificate-authority',
      'unreachable: X does not speak TLS, check the address and its scheme',
      'unreachable: X does not speak HTTP (HPE_INVALID_CONSTANT), check the address and its scheme',
      'unreachable: X broke off the TLS handshake (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED), check the client certificate',
      'config: a certificate or key of X cannot be read (ERR_OSSL_PEM_NO_START_LINE), check certificate-authority, client-certificate and client-key',
      'unreachable: the connection to X failed: boom\\u{1b}',
    ],
  )
})

t.test('statusError() maps each status to a code that callers choose by', async t => {
  const of = (status: number, body = '{"kind": "Status", "message": "m"}') => statusError(read, server, { status, body }).code
  t.same(
    [400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 503].map(status => of(status)),
    ['invalid', 'unauthorized', 'forbidden', 'not-found', 'invalid', 'conflict', 'gone', 'invalid', 'server', 'server', 'server'],
  )
  t.same(
    [302, 404, 409].map(status => of(status, '<html>')),
    ['server', 'server', 'server'],
  )
})
