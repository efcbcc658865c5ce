/* Holds a pod's namespaces. Like the upstream pause it ends on TERM, which is
   why a TERM to it in a pod with a shared PID namespace ends the whole pod. */
#include <signal.h>
#include <unistd.h>

static void leave(int signal) { (void)signal; _exit(0); }

int main(void) {
  signal(SIGTERM, leave);
  signal(SIGINT, leave);
  signal(SIGCHLD, SIG_IGN); /* orphans are reaped by the kernel */
  for (;;) pause();
}
