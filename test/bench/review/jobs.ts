import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `clean`: none has a sidecar; `half`: every other one will hang for one. */
export type Mix = 'clean' | 'half'

/** A folder of that many files of one Job each. */
export async function writeJobs(folder: string, count: number, mix: Mix): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++)
    await writeFile(join(folder, `job-${String(index).padStart(5, '0')}.yaml`), job(index, hangs(index, mix)))
}

/** A stream of so many megabytes of Jobs, every other of which will hang. */
export function streamOfJobs(megabytes: number): string {
  const documents: string[] = []
  for (let length = 0, index = 0; length < megabytes * 1e6; index++) {
    const document = `---\n${job(index, hangs(index, 'half'))}`
    documents.push(document)
    length += document.length
  }
  return documents.join('')
}

function hangs(index: number, mix: Mix): boolean {
  return mix === 'half' && index % 2 === 1
}

function job(index: number, withSidecar: boolean): string {
  const sidecar = `        - name: cloud-sql-proxy
          image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0
          args: [--port=5432, "shop:europe-west3:orders-${index}"]
`
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: job-${index}
  namespace: team-${index % 20}
  labels: { app: job-${index}, team: team-${index % 20} }
spec:
  backoffLimit: 3
  template:
    metadata:
      labels: { app: job-${index} }
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: registry.example/backup:${index}
          args: [--run, "${index}"]
          resources:
            requests: { cpu: 100m, memory: 128Mi }
${withSidecar ? sidecar : ''}`
}
