/** Exit codes that scripts depend on. */
export const EXIT = {
  fine: 0,
  /** Something failed, or some of the scope was forbidden. */
  failed: 1,
  /** A review found errors, where 1 means warnings. */
  errors: 2,
  /** The cluster is unreachable, or nothing in scope is readable. */
  unreachable: 3,
  /** Arguments, settings or policy can't be used. */
  usage: 64,
  interrupted: 130,
  /** Nobody reads standard output any more, as a shell says it of SIGPIPE. */
  closed: 141,
  terminated: 143,
} as const
