// Asks over keep-alive connections and measures answers; times starts. Prints one line of JSON.
//
//   load ask -p PORT -f FILE [-c CONNECTIONS] [-s SECONDS] [-i PID] [-r RATE] [-a FRAMES] [-x STATUS] [-t]
//       FILE holds the whole request, head and body. Without a rate each connection asks again when it is answered (closed
//       loop); with one, requests are due at even distances and their times count from when they were due (open loop).
//       -i  the process whose CPU time and memory are reported
//       -a  hangs up after so many frames and connects anew      -x  the status that is expected, 200 if not given
//       -t  tolerates broken answers: counts them instead of giving up
//       Times are in microseconds; first is the first text delta of a stream; behind is what was due and never asked.
//   load start PORT COMMAND...
//       starts COMMAND, asks GET /health until it answers 200, waits, stops it: milliseconds to the 200, idle RSS
#include "client.h"
#include <signal.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

enum { MaxSamples = 1 << 22, MaxEvents = 512, MaxConnections = 16384 };

static Client clients[MaxConnections];
static Client *idle[MaxConnections]; // a ring: connections take turns
static size_t idle_first, idle_count;

static int connections = 1, process, abort_after, expected = 200, isTolerant;
static double seconds = 1, rate;

static long requests, answers, errors, aborted, cut, firsts;
static long scheduled;      // requests asked since the schedule began
static double schedule;     // when it began
static float samples[MaxSamples], first_samples[MaxSamples];

static double cpu_seconds(int pid) {
    clockid_t clock;
    struct timespec t;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) {
        return 0;
    }
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long resident_kilobytes(int pid) {
    char path[64], line[256];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "VmRSS: %ld", &kilobytes);
    }
    if (file) {
        fclose(file);
    }
    return kilobytes;
}

static void park(Client *c) {
    idle[(idle_first + idle_count++) % MaxConnections] = c;
}

static void ask_what_is_due(void) {
    double time = now();
    while (idle_count > 0 && schedule + (double)scheduled / rate <= time) {
        Client *c = idle[idle_first];
        idle_first = (idle_first + 1) % MaxConnections;
        idle_count--;
        ask(c, schedule + (double)scheduled++ / rate);
    }
}

// Where all connections are busy there is nothing to wake for: the next answer asks what is due.
static void wake_when_due(int timer) {
    struct itimerspec due = { 0 };
    if (idle_count > 0) {
        double at = schedule + (double)scheduled / rate;
        due.it_value = (struct timespec){ .tv_sec = (time_t)at, .tv_nsec = (long)((at - (double)(time_t)at) * 1e9) };
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &due, NULL);
}

static void ask_next(Client *c) {
    if (rate > 0) {
        park(c);
        ask_what_is_due();
    } else {
        ask(c, now());
    }
}

static void connect_again(Client *c) {
    close(c->fd);
    open_client(c);
    ask_next(c);
}

static void broken(Client *c) {
    if (isTolerant) {
        cut++;
    } else if (++errors > 1000) {
        fprintf(stderr, "load: too many errors; last head: %.*s\n", (int)c->have, c->head);
        exit(1);
    }
    connect_again(c);
}

static void answered(Client *c) {
    answers++;
    if (c->status != expected) {
        errors++;
        if (!isTolerant && errors > 1000) {
            fprintf(stderr, "load: too many answers %d; last head: %.*s\n", c->status, (int)c->have, c->head);
            exit(1);
        }
    } else {
        if (c->first > 0) {
            first_samples[firsts++ % MaxSamples] = (float)(c->first - c->asked);
        }
        samples[requests++ % MaxSamples] = (float)(now() - c->asked);
    }
    ask_next(c);
}

static void on_event(Client *c, unsigned events) {
    if (events & EPOLLOUT) {
        on_writable(c);
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        return;
    }
    int wasIdle = c->state == Idle;
    int result = on_readable(c);
    if (result > 0) {
        answered(c);
    } else if (result < 0 && wasIdle) {
        close(c->fd); // the server let go of a connection that rests: it stays in the ring
        open_client(c);
    } else if (result < 0) {
        broken(c);
    } else if (abort_after > 0 && c->frames >= abort_after) {
        aborted++;
        connect_again(c);
    }
}

static void run_until(double end, int timer) {
    struct epoll_event events[MaxEvents];
    while (now() < end) {
        if (rate > 0) {
            wake_when_due(timer);
        }
        int happened = epoll_wait(loop, events, MaxEvents, 50);
        for (int i = 0; i < happened; i++) {
            if (events[i].data.ptr) {
                on_event(events[i].data.ptr, events[i].events);
            } else {
                uint64_t times;
                if (read(timer, &times, sizeof times) > 0) {
                    ask_what_is_due();
                }
            }
        }
    }
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, float *all, long count) {
    size_t kept = (size_t)(count < MaxSamples ? count : MaxSamples);
    qsort(all, kept, sizeof *all, ascending);
    for (int part = 0; part < 3; part++) {
        int hundredths = part == 0 ? 50 : part == 1 ? 90 : 99;
        printf(",\"%s%d\":%.1f", name, hundredths, kept ? all[kept * (size_t)hundredths / 100] * 1e6 : 0);
    }
}

static void read_request(const char *path) {
    enum { MaxRequest = 1 << 24 };
    FILE *in = fopen(path, "r");
    if (!in) {
        perror(path);
        exit(1);
    }
    request = malloc(MaxRequest);
    request_length = fread(request, 1, MaxRequest, in);
    fclose(in);
}

static int run(void) {
    loop = epoll_create1(0);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event e = { .events = EPOLLIN };
    epoll_ctl(loop, EPOLL_CTL_ADD, timer, &e);
    schedule = now();
    for (int i = 0; i < connections; i++) {
        open_client(&clients[i]);
        if (rate > 0) {
            park(&clients[i]);
        } else {
            ask(&clients[i], now());
        }
    }
    scheduled = 0;
    schedule = now();
    run_until(now() + seconds / 5, timer); // warm-up
    long all = answers;
    requests = answers = frames = errors = aborted = cut = firsts = 0;
    double cpu = cpu_seconds(process), start = now();
    run_until(start + seconds, timer);
    double took = now() - start;
    cpu = cpu_seconds(process) - cpu;
    long behind = rate > 0 ? (long)((now() - schedule) * rate) - scheduled : 0;
    printf("{\"requests\":%ld,\"frames\":%ld,\"errors\":%ld,\"aborted\":%ld,\"cut\":%ld,\"behind\":%ld,\"all\":%ld,\"seconds\":%.4f,\"cpu\":%.1f,\"rss\":%ld", requests, frames, errors, aborted, cut, behind, all + answers, took, cpu * 1e6, process ? resident_kilobytes(process) : 0);
    print_times("p", samples, requests);
    print_times("first", first_samples, firsts);
    printf("}\n");
    return 0;
}

static int ask_mode(int count, char **arguments) {
    int flag;
    while ((flag = getopt(count, arguments, "p:f:c:s:i:r:a:x:t")) != -1) {
        switch (flag) {
            case 'p': port = atoi(optarg); break;
            case 'f': read_request(optarg); break;
            case 'c': connections = atoi(optarg); break;
            case 's': seconds = atof(optarg); break;
            case 'i': process = atoi(optarg); break;
            case 'r': rate = atof(optarg); break;
            case 'a': abort_after = atoi(optarg); break;
            case 'x': expected = atoi(optarg); break;
            case 't': isTolerant = 1; break;
            default: return 2;
        }
    }
    if (!request || port == 0 || connections < 1 || connections > MaxConnections) {
        fprintf(stderr, "load: see the head of load.c\n");
        return 2;
    }
    return run();
}

static int is_healthy(void) {
    static const char question[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    char text[64];
    int fd = dial();
    if (fd < 0) {
        return 0;
    }
    int good = send(fd, question, sizeof question - 1, MSG_NOSIGNAL) > 0 && recv(fd, text, sizeof text, 0) > 12 && strncmp(text, "HTTP/1.1 200", 12) == 0;
    close(fd);
    return good;
}

static int start(char **a) {
    port = atoi(a[0]);
    double began = now();
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execvp(a[1], a + 1);
        _exit(127);
    }
    while (!is_healthy()) {
        if (now() > began + 10 || waitpid(pid, NULL, WNOHANG) == pid) {
            fprintf(stderr, "load: %s did not come up\n", a[1]);
            kill(pid, SIGKILL);
            return 1;
        }
        usleep(200);
    }
    double took = now() - began;
    sleep(2); // what start-up left behind settles
    printf("{\"milliseconds\":%.2f,\"rss\":%ld}\n", took * 1e3, resident_kilobytes(pid));
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    return 0;
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    if (count > 2 && strcmp(arguments[1], "ask") == 0) {
        return ask_mode(count - 1, arguments + 1);
    }
    if (count >= 4 && strcmp(arguments[1], "start") == 0) {
        return start(arguments + 2);
    }
    fprintf(stderr, "load: see the head of load.c\n");
    return 2;
}
