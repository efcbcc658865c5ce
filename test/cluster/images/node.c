/* PID 1 of a test node. It handles no signal, so nothing inside the node can
   end it, not even a hostPID pod; from outside KILL ends it and with it, by
   the kernel's hand, every process, mount and interface of the node. */
#include <signal.h>
#include <unistd.h>

int main(void) {
  signal(SIGCHLD, SIG_IGN); /* orphans are reaped by the kernel */
  for (;;) pause();
}
