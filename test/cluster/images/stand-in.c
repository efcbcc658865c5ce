/* Stands in for a sidecar whose program is not to be had, and speaks its quit
   protocol. It takes no arguments of its own, so that it can be given those of
   the real one; its behaviour is in the environment:

   STAND_IN_LISTEN=ADDRESS:PORT   where its HTTP server is
   STAND_IN_QUIT="METHOD PATH"    the request that ends it, answered with 200;
                                  METHOD may be *. Another method gets 405,
                                  another path 404
   STAND_IN_OFF=STATUS            that endpoint is off and answers this
   STAND_IN_LOOPBACK=yes          callers from elsewhere get 403
   STAND_IN_EXIT=CODE             its exit code after quit, TERM or INT (0) */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char *setting(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

/* A file descriptor that is readable once one of the signals has come. */
static int signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return signalfd(-1, &set, SFD_CLOEXEC);
}

static int server(const char *where) {
  char address[64];
  int port, on = 1;
  if (sscanf(where, "%63[^:]:%d", address, &port) != 2) errx(64, "STAND_IN_LISTEN: expected ADDRESS:PORT, got %s", where);
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (!inet_aton(address, &name.sin_addr)) errx(64, "STAND_IN_LISTEN: no address: %s", address);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, 16)) err(71, "%s", where);
  return fd;
}

/* The status for a request, of which only the first line counts. */
static int answer(const char *request, int is_local) {
  char method[16] = "", path[128] = "", wanted[16] = "", end[128] = "";
  sscanf(request, "%15s %127s", method, path);
  sscanf(setting("STAND_IN_QUIT", ""), "%15s %127s", wanted, end);
  if (strcmp(path, end)) return 404;
  if (*setting("STAND_IN_LOOPBACK", "") && !is_local) return 403;
  if (*setting("STAND_IN_OFF", "")) return atoi(getenv("STAND_IN_OFF"));
  return strcmp(wanted, "*") && strcmp(wanted, method) ? 405 : 200;
}

/* Answers one caller; true when that was the request to quit. */
static int serve(int listener) {
  struct sockaddr_in peer = {0};
  socklen_t size = sizeof peer;
  int fd = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
  if (fd < 0) return 0;
  struct timeval patience = {.tv_sec = 1}; /* for a caller that does not hang up */
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char text[4096] = "";
  ssize_t length = read(fd, text, sizeof text - 1);
  int status = length > 0 ? answer(text, ntohl(peer.sin_addr.s_addr) >> 24 == 127) : 400;
  dprintf(fd, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, status == 200 ? "OK" : "No");
  shutdown(fd, SHUT_WR);
  while (read(fd, text, sizeof text) > 0) continue;
  close(fd);
  return status == 200;
}

int main(void) {
  int code = atoi(setting("STAND_IN_EXIT", "0"));
  const char *where = setting("STAND_IN_LISTEN", NULL);
  struct pollfd ready[2] = {{signals(), POLLIN, 0}, {where ? server(where) : -1, POLLIN, 0}};
  for (;;) {
    poll(ready, 2, -1);
    if (ready[0].revents) return code;
    if (ready[1].revents && serve(ready[1].fd)) return code;
  }
}
