/** What of a cluster the manifests of the suite have to be fitted to. */
export type Site = Readonly<{
  /** Where the test images are instead of on the node: they are PREFIX/actor:1 and PREFIX/busybox:1. */
  registry?: string
  /** Of the one node that the pods are to run on. */
  nodeSelector?: Record<string, string>
}>
