import { byComplete, byCompleteWithoutKill, byExec, byHttp, bySignal, dirty, noWay, withoutKill, type Sidecar } from '../sidecar.ts'

const securityContext = { runAsNonRoot: true, runAsUser: 65532, allowPrivilegeEscalation: false }
const refusedQuit = { exec: noWay, http: noWay }

/** The two proxies are one program with two names: their flags differ in one word. */
function proxy(
  row: 'cloud-sql-proxy' | 'alloydb-auth-proxy',
  image: string,
  instance: string,
  zero: string,
  prefix: string,
): readonly Sidecar[] {
  const args = ['--port=5432', '--token=none', '--lazy-refresh', instance]
  const container = { name: row, image, args, securityContext }
  const env = (name: string, value: string) => ({ name: `${prefix}_${name}`, value })
  const alpine = { ...container, image: `${image}-alpine` }
  const common = { row, proof: 'program', ports: [5432] } as const
  const quit = { ...common, ports: [5432, 9091] }
  const quitElsewhere = { ...common, ports: [5432, 9300] }
  const zeroInEnv = env(zero.toUpperCase().replaceAll('-', '_'), 'true')
  return [
    {
      ...common,
      title: 'with nothing',
      container,
      ends: { all: byComplete, ...refusedQuit, signal: dirty, complete: byComplete },
    },
    {
      ...quit,
      title: 'with --quitquitquit',
      container: { ...container, args: ['--quitquitquit', ...args] },
      ends: { all: byExec, exec: byExec, http: byHttp, signal: dirty, complete: byComplete },
    },
    {
      ...quitElsewhere,
      title: 'with --quitquitquit on another port',
      container: { ...container, args: ['--quitquitquit', '--admin-port', '9300', ...args] },
      ends: { exec: byExec, http: byHttp },
    },
    {
      ...common,
      title: `with --${zero}`,
      container: { ...container, args: [`--${zero}`, ...args] },
      ends: { all: byCompleteWithoutKill, ...refusedQuit, signal: withoutKill, complete: byComplete },
    },
    {
      ...common,
      title: `with --${zero} and a shell`,
      container: { ...alpine, args: [`--${zero}`, ...args] },
      ends: { all: bySignal, signal: bySignal },
    },
    {
      ...quitElsewhere,
      title: 'with all of it in env',
      container: { ...alpine, env: [env('QUITQUITQUIT', 'true'), env('ADMIN_PORT', '9300'), zeroInEnv] },
      ends: { all: byExec, exec: byExec, http: byHttp, signal: bySignal, complete: byComplete },
    },
    {
      ...common,
      title: 'with a flag against its env',
      container: { ...alpine, args: ['--quitquitquit=false', `--${zero}=false`, ...args], env: [env('QUITQUITQUIT', 'true'), zeroInEnv] },
      ends: { ...refusedQuit, signal: dirty, complete: byComplete },
    },
  ]
}

const cloudSql = proxy(
  'cloud-sql-proxy',
  'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0',
  'project:region:instance',
  'exit-zero-on-sigterm',
  'CSQL_PROXY',
)

const alloyDb = proxy(
  'alloydb-auth-proxy',
  'gcr.io/alloydb-connectors/alloydb-auth-proxy:1.17.1',
  'projects/p/locations/l/clusters/c/instances/i',
  'exit-zero-sigterm',
  'ALLOYDB_PROXY',
)

const pgbouncer: Sidecar = {
  row: 'pgbouncer',
  title: 'before version 1.23',
  proof: 'program',
  ports: [5432],
  container: {
    name: 'pgbouncer',
    image: 'docker.io/edoburu/pgbouncer:v1.18.0-p0',
    command: ['/usr/bin/pgbouncer'],
    args: ['/etc/pgbouncer/pgbouncer.ini'],
    securityContext: { runAsUser: 70 },
  },
  files: {
    '/etc/pgbouncer/pgbouncer.ini': `[databases]
* = host=127.0.0.1 port=5433
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 5432
auth_type = any
unix_socket_dir =
`,
  },
  ends: { all: bySignal, exec: noWay, http: noWay, signal: bySignal, complete: byComplete },
}

/** Proxies in front of a database. */
export const databases: readonly Sidecar[] = [...cloudSql, ...alloyDb, pgbouncer]
