// A provider that costs next to nothing: one thread, epoll, keep-alive, answers made at start.
//
//   mock PORT FRAMES
//
// The path chooses the dialect (/chat/completions, /messages, /responses), "stream":true in the body a stream of FRAMES
// text deltas. Every frame is a chunk and a write of its own, as providers send them; streams take turns.
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
#include <unistd.h>

enum { Chat, Messages, Responses, Dialects };
enum { MaxConnections = 65536, ReadBytes = 65536, MaxEvents = 512 };

typedef struct { char *bytes; size_t length; } Blob;

typedef struct {
    char *in;
    size_t have;
    int dialect;
    int next;      // which frame of the stream comes next; -1 while none streams
    Blob pending;  // what the socket has not taken yet
    int waits;     // for the socket to become writable
} Connection;

static Connection connections[MaxConnections];
static Blob whole[Dialects], first[Dialects], delta[Dialects], last[Dialects];
static int streaming[MaxConnections], streams, frames, loop;

static Blob chunk(const char *text) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "%zx\r\n%s\r\n", strlen(text), text);
    return made;
}

static Blob join(const char *head, Blob body, const char *tail) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "%s%s%s", head, body.bytes, tail);
    return made;
}

static Blob answer(const char *json) {
    Blob made;
    made.length = (size_t)asprintf(&made.bytes, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\nContent-Length: %zu\r\n\r\n%s", strlen(json), json);
    return made;
}

static void speak(int dialect, const char *before, const char *each, const char *after) {
    first[dialect] = join("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(before), "");
    delta[dialect] = chunk(each);
    last[dialect] = join("", chunk(after), "0\r\n\r\n");
}

#define TEXT "The quick brown fox jumps over the lazy dog while the five boxing wizards look on. "
#define LONG TEXT TEXT TEXT TEXT TEXT TEXT TEXT
#define CHUNK "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\"model\":\"bench-1\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,\"delta\":"
#define RESPONSE "{\"id\":\"resp_67ccd2bed1ec8190b14f964abc054267\",\"object\":\"response\",\"created_at\":1741569952,\"status\":"
#define ITEM "\"id\":\"msg_67ccd2bf17f0819081ff3bb2cf6508e6\",\"type\":\"message\",\"role\":\"assistant\""
#define PLACE "\"item_id\":\"msg_67ccd2bf17f0819081ff3bb2cf6508e6\",\"output_index\":0,\"content_index\":0"

static void prepare(void) {
    whole[Chat] = answer("{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion\",\"created\":1741569952,\"model\":\"bench-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" LONG "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":190,\"completion_tokens\":110,\"total_tokens\":300,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\"}");
    whole[Messages] = answer("{\"id\":\"msg_013Zva2CMHLNnXjNJJKqJ2EF\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-1\",\"content\":[{\"type\":\"text\",\"text\":\"" LONG "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":190,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":110,\"service_tier\":\"standard\"}}");
    whole[Responses] = answer(RESPONSE "\"completed\",\"error\":null,\"incomplete_details\":null,\"model\":\"bench-1\",\"output\":[{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"" LONG "\",\"annotations\":[]}]}],\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],\"usage\":{\"input_tokens\":190,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":110,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":300}}");

    speak(Chat,
        CHUNK "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}]}\n\n",
        CHUNK "{\"content\":\" token\"},\"finish_reason\":null}]}\n\n",
        CHUNK "{},\"finish_reason\":\"stop\"}]}\n\n"
        "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\"model\":\"bench-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":190,\"completion_tokens\":110,\"total_tokens\":300}}\n\n"
        "data: [DONE]\n\n");
    speak(Messages,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_013Zva2CMHLNnXjNJJKqJ2EF\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench-1\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":190,\"output_tokens\":1}}}\n\n"
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" token\"}}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":110}}\n\n"
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    speak(Responses,
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":" RESPONSE "\"in_progress\",\"model\":\"bench-1\",\"output\":[]}}\n\n"
        "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{" ITEM ",\"status\":\"in_progress\",\"content\":[]}}\n\n"
        "event: response.content_part.added\ndata: {\"type\":\"response.content_part.added\",\"sequence_number\":2," PLACE ",\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}\n\n",
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":3," PLACE ",\"delta\":\" token\"}\n\n",
        "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"sequence_number\":4," PLACE ",\"text\":\" token\"}\n\n"
        "event: response.content_part.done\ndata: {\"type\":\"response.content_part.done\",\"sequence_number\":5," PLACE ",\"part\":{\"type\":\"output_text\",\"text\":\" token\",\"annotations\":[]}}\n\n"
        "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"sequence_number\":6,\"output_index\":0,\"item\":{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\" token\",\"annotations\":[]}]}}\n\n"
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":7,\"response\":" RESPONSE "\"completed\",\"model\":\"bench-1\",\"output\":[{" ITEM ",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\" token\",\"annotations\":[]}]}],\"usage\":{\"input_tokens\":190,\"output_tokens\":110,\"total_tokens\":300}}}\n\n");
}

static void watch(int fd, int how, unsigned events) {
    struct epoll_event e = { .events = events, .data.fd = fd };
    epoll_ctl(loop, how, fd, &e);
}

static void stop_streaming(int fd) {
    for (int i = 0; i < streams; i++) {
        if (streaming[i] == fd) {
            streaming[i] = streaming[--streams];
            break;
        }
    }
    connections[fd].next = -1;
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
    Blob what = at == 0 ? first[c->dialect] : at <= frames ? delta[c->dialect] : last[c->dialect];
    if (at > frames) {
        stop_streaming(fd);
    }
    put(fd, what);
}

static void on_request(int fd, const char *head, const char *body, size_t length) {
    Connection *c = &connections[fd];
    const char *line_end = memchr(head, '\r', 4096);
    size_t line = (size_t)(line_end - head);
    c->dialect = memmem(head, line, "/messages", 9) ? Messages : memmem(head, line, "/responses", 10) ? Responses : Chat;
    if (memmem(body, length, "\"stream\":true", 13)) {
        c->next = 0;
        streaming[streams++] = fd;
    } else {
        put(fd, whole[c->dialect]);
    }
}

static void on_readable(int fd) {
    Connection *c = &connections[fd];
    ssize_t count = recv(fd, c->in + c->have, ReadBytes - c->have - 1, 0);
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
        connections[fd] = (Connection){ .in = malloc(ReadBytes), .next = -1 };
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
    if (count != 3) {
        fprintf(stderr, "usage: mock PORT FRAMES\n");
        return 2;
    }
    frames = atoi(arguments[2]);
    prepare();
    loop = epoll_create1(0);
    int listener = open_listener(atoi(arguments[1]));
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    struct epoll_event events[MaxEvents];
    for (;;) {
        int ready = 0;
        for (int i = 0; i < streams; i++) {
            ready |= !connections[streaming[i]].waits;
        }
        int happened = epoll_wait(loop, events, MaxEvents, ready ? 0 : -1);
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
        for (int i = streams - 1; i >= 0; i--) {
            if (!connections[streaming[i]].waits) {
                next_frame(streaming[i]);
            }
        }
    }
}
