/* The container of most scenarios: a main or a sidecar that does as its
   arguments say and writes down what happened to it. Needs no shell, no libc.

   --name N             who speaks in the log (default: actor)
   --log FILE           append `<epoch ms> <pod> <name> <event>` lines: start,
                        signal TERM, exit 143; the pod is $POD
   --on SIG=CODE[:S]    on this signal exit with CODE, S seconds later
   --on SIG=ignore      stay deaf to this signal, but log it
   --wait-for FILE      do nothing further until FILE exists
   --eat-memory MIB     touch this much memory
   --fail-times N       exit 1 in the first N runs, counted in --state FILE
   --exit CODE          end by itself with CODE
   --after S            … S seconds later

   A signal without --on keeps its default, which for PID 1 means ignored. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { UNHEARD, IGNORE, EXIT };
static struct { int kind, code; double delay; } rules[32];
static const char *name = "actor", *pod = "-", *wait_file, *state_file;

static int log_fd = -1, exit_code = -1, fail_times;
static double after_seconds;
static long memory_mib;

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* One write with O_APPEND: lines of several actors never mix. */
static void event(const char *what, const char *detail) {
  char line[512];
  int length = snprintf(line, sizeof line, "%.0f %s %s %s%s%s\n", now(CLOCK_REALTIME) * 1000,
                        pod, name, what, *detail ? " " : "", detail);
  if (log_fd >= 0 && write(log_fd, line, length) != length) err(70, "log");
}

static void leave(int code) {
  char text[16];
  snprintf(text, sizeof text, "%d", code);
  event("exit", text);
  exit(code);
}

static int signal_number(const char *text, size_t length) {
  for (int i = 1; i < 32; i++) {
    const char *known = sigabbrev_np(i);
    if (known && strlen(known) == length && !strncmp(known, text, length)) return i;
  }
  errx(64, "--on: unknown signal in %s", text);
}

static void add_rule(const char *text) {
  const char *equals = strchr(text, '=');
  if (!equals) errx(64, "--on: expected SIGNAL=CODE[:SECONDS] or SIGNAL=ignore, got %s", text);
  int number = signal_number(text, equals - text);
  const char *colon = strchr(equals, ':');
  rules[number].kind = strcmp(equals + 1, "ignore") ? EXIT : IGNORE;
  rules[number].code = atoi(equals + 1);
  rules[number].delay = colon ? atof(colon + 1) : 0;
}

/* The signals that have a rule are blocked and fetched one by one. A blocked
   signal reaches even PID 1, for whom the kernel drops unhandled ones. */
static sigset_t heard(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 1; i < 32; i++)
    if (rules[i].kind != UNHEARD) sigaddset(&set, i);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return set;
}

static double exit_at = -1; /* CLOCK_MONOTONIC, or -1: not decided */
static int exit_with;

static void decide(double delay, int code) {
  double at = now(CLOCK_MONOTONIC) + delay;
  if (exit_at >= 0 && exit_at <= at) return;
  exit_at = at;
  exit_with = code;
}

/* Lives for a moment: hears at most one signal, leaves when it is time to. */
static void live(const sigset_t *set) {
  double left = exit_at < 0 ? 0.05 : exit_at - now(CLOCK_MONOTONIC);
  if (exit_at >= 0 && left <= 0) leave(exit_with);
  if (left > 0.05) left = 0.05;
  struct timespec pause = {0, left * 1e9};
  int number = sigtimedwait(set, NULL, &pause);
  if (number <= 0) return;
  event("signal", sigabbrev_np(number));
  if (rules[number].kind == EXIT) decide(rules[number].delay, rules[number].code);
}

static void eat_memory(void) {
  for (long i = 0; i < memory_mib; i++) {
    char *piece = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED) err(71, "--eat-memory");
    memset(piece, 1, 1 << 20);
  }
}

/* The number of this run, counted from 1 in the state file. */
static int count_run(void) {
  int run = 0;
  FILE *file = fopen(state_file, "r");
  if (file) {
    if (fscanf(file, "%d", &run) != 1) run = 0;
    fclose(file);
  }
  file = fopen(state_file, "w");
  if (!file || fprintf(file, "%d\n", ++run) < 0 || fclose(file)) err(70, "%s", state_file);
  return run;
}

static void read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"name", 1, 0, 'n'},     {"log", 1, 0, 'l'},        {"on", 1, 0, 'o'},
      {"wait-for", 1, 0, 'w'}, {"eat-memory", 1, 0, 'm'}, {"fail-times", 1, 0, 'f'},
      {"state", 1, 0, 's'},    {"exit", 1, 0, 'e'},       {"after", 1, 0, 'a'},
      {0, 0, 0, 0}};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'n': name = optarg; break;
    case 'l':
      log_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
      if (log_fd < 0) err(70, "%s", optarg);
      break;
    case 'o': add_rule(optarg); break;
    case 'w': wait_file = optarg; break;
    case 'm': memory_mib = atol(optarg); break;
    case 'f': fail_times = atoi(optarg); break;
    case 's': state_file = optarg; break;
    case 'e': exit_code = atoi(optarg); break;
    case 'a': after_seconds = atof(optarg); break;
    default: exit(64);
    }
  }
  if (optind < argc) errx(64, "unexpected argument %s", argv[optind]);
  if (fail_times && !state_file) errx(64, "--fail-times needs --state FILE");
}

int main(int argc, char **argv) {
  if (getenv("POD")) pod = getenv("POD");
  umask(0); /* containers of other users append to the same log */
  read_arguments(argc, argv);
  sigset_t set = heard();
  event("start", "");
  while (wait_file && access(wait_file, F_OK)) live(&set);
  eat_memory();
  if (fail_times) {
    int has_failed_enough = count_run() > fail_times;
    if (exit_code < 0) exit_code = 0;
    if (!has_failed_enough) exit_code = 1;
  }
  if (exit_code >= 0) decide(after_seconds, exit_code);
  for (;;) live(&set);
}
