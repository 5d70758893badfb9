// A provider that costs next to nothing: one thread, epoll, keep-alive, answers made at start.
//
//   mock PORT
//
// The path chooses the dialect (/chat/completions, /messages, /responses), "stream":true in the body a stream. The model's
// name says how it goes:
//   bench-N        N text deltas as fast as the socket takes them (any other name: 500)
//   slow-MS-N      N text deltas, MS milliseconds apart (to 10 ms)
//   cut-N          N text deltas, then the connection breaks
//   error-STATUS   no answer but that status
// Every frame is a chunk and a write of its own, as providers send them; streams take turns.
#include "answers.h"
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MaxConnections = 65536, SmallRequest = 8192, MaxEvents = 512, Tick = 10, DefaultFrames = 500 };

typedef struct {
    char *in;
    size_t have, room;
    int dialect;
    int next;        // which frame of the stream comes next
    int frames;      // how many deltas the stream has
    int pace;        // milliseconds between frames; 0 for as fast as they go
    long due;        // when the next frame of a paced stream goes out
    int isCut;       // breaks after the last delta
    int place;       // among the streams of its kind; -1 while none streams
    Blob pending;    // what the socket has not taken yet
    int waits;       // for the socket to become writable
} Connection;

typedef struct { int fds[MaxConnections], count; } Streams;

static Connection connections[MaxConnections];
static Streams fast, paced;
static int loop;

static long milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void watch(int fd, int how, unsigned events) {
    struct epoll_event e = { .events = events, .data.fd = fd };
    epoll_ctl(loop, how, fd, &e);
}

static void start_streaming(int fd) {
    Streams *all = connections[fd].pace ? &paced : &fast;
    connections[fd].next = 0;
    connections[fd].due = milliseconds();
    connections[fd].place = all->count;
    all->fds[all->count++] = fd;
}

static void stop_streaming(int fd) {
    Connection *c = &connections[fd];
    if (c->place >= 0) {
        Streams *all = c->pace ? &paced : &fast;
        int moved = all->fds[--all->count];
        all->fds[c->place] = moved;
        connections[moved].place = c->place;
        c->place = -1;
    }
}

static void hang_up(int fd) {
    stop_streaming(fd);
    free(connections[fd].in);
    connections[fd].in = NULL;
    close(fd);
}

// Sends what the socket takes; the rest waits until it is writable.
static void put(int fd, Blob what) {
    Connection *c = &connections[fd];
    ssize_t sent = send(fd, what.bytes, what.length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        hang_up(fd);
        return;
    }
    sent = sent < 0 ? 0 : sent;
    c->pending = (Blob){ what.bytes + sent, what.length - (size_t)sent };
    if (c->pending.length > 0 && !c->waits) {
        c->waits = 1;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
}

static void next_frame(int fd) {
    Connection *c = &connections[fd];
    int at = c->next++;
    if (at <= c->frames) {
        c->due += c->pace;
        put(fd, at == 0 ? first[c->dialect] : delta[c->dialect]);
    } else if (c->isCut) {
        hang_up(fd);
    } else {
        stop_streaming(fd);
        put(fd, last[c->dialect]);
    }
}

static void next_frames(Streams *all, long time) {
    for (int i = all->count - 1; i >= 0; i--) {
        Connection *c = &connections[all->fds[i]];
        if (!c->waits && c->due <= time) {
            next_frame(all->fds[i]);
        }
    }
}

static int is_any_ready(void) {
    for (int i = 0; i < fast.count; i++) {
        if (!connections[fast.fds[i]].waits) {
            return 1;
        }
    }
    return 0;
}

static void refuse(int fd, int status) {
    static const char body[] = "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"fails on purpose\",\"code\":null,\"param\":null}}";
    static char text[512];
    int length = snprintf(text, sizeof text, "HTTP/1.1 %d Refused\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status, sizeof body - 1, body);
    put(fd, (Blob){ text, (size_t)length }); // a few hundred bytes into an empty socket: never pending
}

static void on_request(int fd, const char *head, const char *body, size_t length) {
    Connection *c = &connections[fd];
    const char *line_end = memchr(head, '\r', 4096);
    size_t line = (size_t)(line_end - head);
    c->dialect = memmem(head, line, "/messages", 9) ? Messages : memmem(head, line, "/responses", 10) ? Responses : Chat;
    const char *model = memmem(body, length, "\"model\":\"", 9);
    model = model ? model + 9 : "";
    if (strncmp(model, "error-", 6) == 0) {
        refuse(fd, atoi(model + 6));
        return;
    }
    if (!memmem(body, length, "\"stream\":true", 13)) {
        put(fd, whole[c->dialect]);
        return;
    }
    c->frames = DefaultFrames;
    c->pace = c->isCut = 0;
    if (sscanf(model, "slow-%d-%d", &c->pace, &c->frames) < 1) {
        c->isCut = sscanf(model, "cut-%d", &c->frames) == 1;
        sscanf(model, "bench-%d", &c->frames);
    }
    start_streaming(fd);
}

static void on_readable(int fd) {
    Connection *c = &connections[fd];
    ssize_t count = recv(fd, c->in + c->have, c->room - c->have - 1, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        hang_up(fd);
        return;
    }
    c->have += count > 0 ? (size_t)count : 0;
    c->in[c->have] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) {
        return;
    }
    char *field = strcasestr(c->in, "\r\nContent-Length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    size_t total = (size_t)(end + 4 - c->in) + length;
    if (c->have >= total) {
        c->have = 0; // no pipelining
        on_request(fd, c->in, end + 4, length);
    } else if (total >= c->room) {
        c->room = total + 1;
        c->in = realloc(c->in, c->room);
    }
}

static void on_writable(int fd) {
    Connection *c = &connections[fd];
    c->waits = 0;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    put(fd, c->pending);
}

static void on_connection(int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connections[fd] = (Connection){ .in = malloc(SmallRequest), .room = SmallRequest, .place = -1 };
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int open_listener(int port) {
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 4096)) {
        perror("mock");
        exit(1);
    }
    return fd;
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: mock PORT\n");
        return 2;
    }
    prepare();
    loop = epoll_create1(0);
    int listener = open_listener(atoi(arguments[1]));
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    struct epoll_event events[MaxEvents];
    long ticked = 0;
    for (;;) {
        int happened = epoll_wait(loop, events, MaxEvents, is_any_ready() ? 0 : paced.count ? Tick : -1);
        for (int i = 0; i < happened; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                on_connection(fd);
            } else if (events[i].events & EPOLLOUT) {
                on_writable(fd);
            } else {
                on_readable(fd);
            }
        }
        next_frames(&fast, LONG_MAX);
        if (paced.count && milliseconds() >= ticked + Tick) {
            ticked = milliseconds();
            next_frames(&paced, ticked);
        }
    }
}
