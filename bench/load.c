// Asks as fast as answers come, and times starts.
//
//   load run PORT PATH BODY-FILE CONNECTIONS SECONDS PID
//       a closed loop over keep-alive connections. Prints: requests frames errors seconds cpu-us p50-us p99-us
//       cpu-us is what the process PID used meanwhile; a frame is an SSE event.
//   load start PORT COMMAND...
//       starts COMMAND, asks GET /health until it answers 200, waits, stops it. Prints: milliseconds idle-RSS-kB
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ReadBytes = 1 << 18, MaxSamples = 1 << 22, MaxEvents = 512, MaxConnections = 4096 };
enum { Head, Sized, ChunkSize, ChunkData, ChunkEnd };

typedef struct {
    int fd, state;
    size_t left;    // of the body or chunk
    char head[8192];
    size_t have;    // of the head
    char line[32];  // a chunk's size
    size_t line_length;
    int isLast;     // chunk
    char before;    // last byte of the body seen
    double asked;
} Client;

static Client clients[MaxConnections];
static char *request;
static size_t request_length;
static long requests, frames, errors;
static float samples[MaxSamples];
static int loop, port;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(int pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    unsigned long user = 0, system = 0;
    if (file && fgets(text, sizeof text, file)) {
        sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    if (file) {
        fclose(file);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int dial(void) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void ask(Client *c) {
    c->state = Head;
    c->have = 0;
    c->before = 0;
    c->asked = now();
    if (send(c->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) {
        errors++;
    }
}

static void connect_client(Client *c) {
    c->fd = dial();
    if (c->fd < 0) {
        perror("load: connect");
        exit(1);
    }
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
    epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &e);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    ask(c);
}

static void reconnect(Client *c) {
    errors++;
    if (errors > 1000) {
        fprintf(stderr, "load: too many errors; last head: %.*s\n", (int)c->have, c->head);
        exit(1);
    }
    close(c->fd);
    connect_client(c);
}

static void answered(Client *c) {
    samples[requests % MaxSamples] = (float)(now() - c->asked);
    requests++;
    ask(c);
}

// SSE events end with a blank line; answers that are no streams have none.
static void count_frames(Client *c, const char *bytes, size_t length) {
    char before = c->before;
    for (size_t i = 0; i < length; i++) {
        frames += bytes[i] == '\n' && before == '\n';
        before = bytes[i];
    }
    c->before = before;
}

// Returns how many bytes belonged to the head, or -1 for an answer that is no 200.
static ssize_t take_head(Client *c, const char *bytes, size_t length) {
    size_t had = c->have;
    size_t room = sizeof c->head - 1 - had;
    size_t take = length < room ? length : room;
    memcpy(c->head + had, bytes, take);
    c->have += take;
    c->head[c->have] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end) {
        return take < length ? -1 : (ssize_t)take;
    }
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0) {
        return -1;
    }
    *end = 0;
    char *sized = strcasestr(c->head, "\r\nContent-Length:");
    c->state = sized ? Sized : ChunkSize;
    c->left = sized ? strtoul(sized + 17, NULL, 10) : 0;
    c->line_length = 0;
    return end + 4 - c->head - (ssize_t)had;
}

static size_t take_chunk_size(Client *c, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            c->line[c->line_length] = 0;
            c->left = strtoul(c->line, NULL, 16);
            c->isLast = c->left == 0;
            c->state = c->isLast ? ChunkEnd : ChunkData;
            c->left = c->isLast ? 2 : c->left;
            return i + 1;
        }
        if (c->line_length < sizeof c->line - 1) {
            c->line[c->line_length++] = bytes[i];
        }
    }
    return length;
}

// Takes one stretch of an answer; returns how long it was, -1 for a failure, and says whether the answer is over.
static ssize_t take(Client *c, const char *bytes, size_t length, int *over) {
    if (c->state == Head) {
        return take_head(c, bytes, length);
    }
    if (c->state == ChunkSize) {
        return (ssize_t)take_chunk_size(c, bytes, length);
    }
    size_t count = length < c->left ? length : c->left;
    if (c->state != ChunkEnd) {
        count_frames(c, bytes, count);
    }
    c->left -= count;
    if (c->left == 0) {
        *over = c->state == Sized || (c->state == ChunkEnd && c->isLast);
        c->line_length = 0;
        c->left = 2;
        c->state = c->state == ChunkData ? ChunkEnd : ChunkSize;
    }
    return (ssize_t)count;
}

static void on_readable(Client *c) {
    static char buffer[ReadBytes];
    ssize_t count = recv(c->fd, buffer, sizeof buffer, 0);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) {
            reconnect(c);
        }
        return;
    }
    ssize_t at = 0;
    while (at < count) {
        int over = 0;
        ssize_t taken = take(c, buffer + at, (size_t)(count - at), &over);
        if (taken < 0) {
            reconnect(c);
            return;
        }
        at += taken;
        if (over) {
            answered(c);
            return; // no pipelining: nothing can follow
        }
    }
}

static void run_until(double end) {
    struct epoll_event events[MaxEvents];
    while (now() < end) {
        int happened = epoll_wait(loop, events, MaxEvents, 50);
        for (int i = 0; i < happened; i++) {
            on_readable(events[i].data.ptr);
        }
    }
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void read_request(const char *path, const char *file) {
    static char body[1 << 20];
    FILE *in = fopen(file, "r");
    if (!in) {
        perror(file);
        exit(1);
    }
    size_t length = fread(body, 1, sizeof body, in);
    fclose(in);
    char *head;
    int head_length = asprintf(&head, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer sk-bench\r\nContent-Length: %zu\r\n\r\n", path, length);
    request_length = (size_t)head_length + length;
    request = malloc(request_length);
    memcpy(request, head, (size_t)head_length);
    memcpy(request + head_length, body, length);
}

static int run(char **a) {
    port = atoi(a[0]);
    read_request(a[1], a[2]);
    int connections = atoi(a[3]), pid = atoi(a[5]);
    double seconds = atof(a[4]);
    loop = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        connect_client(&clients[i]);
    }
    run_until(now() + seconds / 5); // warm-up
    requests = frames = errors = 0;
    double cpu = cpu_seconds(pid), start = now();
    run_until(start + seconds);
    double took = now() - start;
    cpu = cpu_seconds(pid) - cpu;
    size_t kept = requests < MaxSamples ? (size_t)requests : MaxSamples;
    qsort(samples, kept, sizeof samples[0], ascending);
    printf("%ld %ld %ld %.3f %.0f %.0f %.0f\n", requests, frames, errors, took, cpu * 1e6, kept ? samples[kept / 2] * 1e6 : 0, kept ? samples[kept * 99 / 100] * 1e6 : 0);
    return requests == 0;
}

static long idle_kilobytes(int pid) {
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
    printf("%.2f %ld\n", took * 1e3, idle_kilobytes(pid));
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    return 0;
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 8 && strcmp(arguments[1], "run") == 0) {
        return run(arguments + 2);
    }
    if (count >= 4 && strcmp(arguments[1], "start") == 0) {
        return start(arguments + 2);
    }
    fprintf(stderr, "usage: load run PORT PATH BODY-FILE CONNECTIONS SECONDS PID | load start PORT COMMAND...\n");
    return 2;
}
