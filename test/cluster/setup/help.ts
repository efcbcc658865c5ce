import { defaultVersion, versions } from './paths.ts'

/** What --help prints. */
export const help = `A real Kubernetes cluster of one node, built from source, for this project's tests.

It lives in namespaces of its own: its network, processes and mounts do not show on this machine, and end with it.
Clusters of different versions can be up side by side. Needs Linux, root and, for the first \`up\` of a version,
Go and about 5 minutes; Debian packages it lacks it installs.

Usage:
  npm run cluster -- COMMAND [--kubernetes VERSION] [ARGUMENTS]

Commands:
  up            Start the cluster, or repair it; does nothing when it is up and well
  down          End the cluster and remove all of it but the built binaries
  status        Show each server with its process, age and health; exit 1 unless all are healthy
  kubectl …     Run the version's kubectl as cluster admin
  run -- CMD …  Run a command in the cluster's network, with KUBECONFIG set and its kubectl first on the PATH;
                the exit code is the command's
  images FILE   Write the test images to a docker-archive, for clusters that are not ours
  kubeconfig    Print the path of the admin kubeconfig; its server answers only inside \`run\`

Options:
  --kubernetes VERSION  One of ${versions.join(', ')} (default ${defaultVersion})
  -h, --help            Show this help

Examples:
  npm run cluster -- up
  npm run cluster -- kubectl get pods --all-namespaces
  npm run cluster -- run -- node test/cluster/harness.test.ts
  npm run cluster -- up --kubernetes ${versions.at(-1)}
  npm run cluster -- down

Images for pods (imagePullPolicy: Never): sidecar-reaper.test/actor:1 is one program that does as its arguments say
(test/cluster/images/actor.c), sidecar-reaper.test/busybox:1 has a shell, and the actor as /actor.

Files: \${XDG_CACHE_HOME:-~/.cache}/sidecar-reaper. Exit codes: 0 fine, 1 failed, 64 usage; of \`run\` and \`kubectl\`
the command's own.
`
