// One keep-alive HTTP/1.1 connection that asks the same thing again and again, and reads the answer piece by piece: its
// head, its body by length or by chunks, the text deltas (" token") in it, and when the first of them was there.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define Delta "\" token\""
enum { DeltaLength = sizeof Delta - 1 };

enum { Idle, Head, Sized, ChunkSize, ChunkData, ChunkEnd };

typedef struct {
    int fd, state, status;
    size_t sent;       // of the request
    size_t left;       // of the body or chunk
    char head[4096];
    size_t have;       // of the head
    char line[32];     // a chunk's size
    size_t line_length;
    int isLast;        // chunk
    char tail[8];      // last bytes of the body seen
    size_t tail_length;
    long frames;       // text deltas of this answer
    double asked;      // when the request was due
    double first;      // when its first text delta was there; 0 before
} Client;

static char *request;
static size_t request_length;
static int loop, port;
static long frames; // of all connections

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
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

static void watch(Client *c, int how, unsigned events) {
    struct epoll_event e = { .events = events, .data.ptr = c };
    epoll_ctl(loop, how, c->fd, &e);
}

static void open_client(Client *c) {
    c->fd = dial();
    if (c->fd < 0) {
        perror("load: connect");
        exit(1);
    }
    c->state = Idle;
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

// Sends what the socket takes; called again when it takes more. Returns 0 for a broken connection.
static int send_rest(Client *c) {
    ssize_t count = send(c->fd, request + c->sent, request_length - c->sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) {
        return 0;
    }
    c->sent += count > 0 ? (size_t)count : 0;
    return 1;
}

static void ask(Client *c, double due) {
    c->state = Head;
    c->have = c->sent = 0;
    c->tail_length = 0;
    c->frames = 0;
    c->first = 0;
    c->asked = due;
    send_rest(c); // a broken connection shows when it is read
    if (c->sent < request_length) {
        watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
}

static void on_writable(Client *c) {
    if (!send_rest(c) || c->sent == request_length) {
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static long count_deltas(const char *bytes, size_t length) {
    long seen = 0;
    const char *at = bytes;
    while ((at = memmem(at, (size_t)(bytes + length - at), Delta, DeltaLength))) {
        at += DeltaLength;
        seen++;
    }
    return seen;
}

// Deltas are counted by their text, which every dialect carries alike; one may lie across two reads.
static void look_at_body(Client *c, const char *bytes, size_t length) {
    char seam[2 * DeltaLength];
    size_t begin = length < DeltaLength - 1 ? length : DeltaLength - 1;
    memcpy(seam, c->tail, c->tail_length);
    memcpy(seam + c->tail_length, bytes, begin);
    long seen = count_deltas(seam, c->tail_length + begin) + count_deltas(bytes, length);
    const char *from = begin < length ? bytes + length - begin : seam;
    size_t have = begin < length ? begin : c->tail_length + begin;
    size_t keep = have < DeltaLength - 1 ? have : DeltaLength - 1;
    memmove(c->tail, from + have - keep, keep);
    c->tail_length = keep;
    c->frames += seen;
    frames += seen;
    if (c->first == 0 && seen > 0) {
        c->first = now();
    }
}

// Returns how many bytes belonged to the head, or -1 for what is no HTTP answer.
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
    if (strncmp(c->head, "HTTP/1.1 ", 9) != 0) {
        return -1;
    }
    end[2] = 0;
    c->status = atoi(c->head + 9);
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
        ssize_t count = take_head(c, bytes, length);
        *over = c->state == Sized && c->left == 0;
        return count;
    }
    if (c->state == ChunkSize) {
        return (ssize_t)take_chunk_size(c, bytes, length);
    }
    size_t count = length < c->left ? length : c->left;
    if (c->state != ChunkEnd) {
        look_at_body(c, bytes, count);
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

// Reads what is there. Returns 1 when an answer is over, 0 while it goes on, -1 when the connection is of no more use.
static int on_readable(Client *c) {
    static char buffer[1 << 18];
    ssize_t count = recv(c->fd, buffer, sizeof buffer, 0);
    if (count <= 0) {
        return count < 0 && errno == EAGAIN ? 0 : -1;
    }
    ssize_t at = 0;
    while (at < count) {
        int over = 0;
        ssize_t taken = c->state == Idle ? -1 : take(c, buffer + at, (size_t)(count - at), &over);
        if (taken < 0) {
            return -1;
        }
        at += taken;
        if (over) {
            c->state = Idle;
            return 1; // no pipelining: nothing can follow
        }
    }
    return 0;
}
