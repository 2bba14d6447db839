/* The reading half of the benchmark's client, as a shared library that bench/crowd.py loads where there is a compiler.
 *
 * It counts the messages that arrive on many WebSocket connections, fast enough that it is never the client that is
 * measured: data frames of at least `size` bytes. It answers pings, those of a protocol on top too, and, for echo,
 * sends again what came back. Everything else is decided in Python. Not thread-safe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 128, STAMP = 20, ROOM = 1 << 18, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

typedef struct {
    int fd, closed, filled; /* filled: bytes of the head so far; -1 within the payload */
    long got;
    uint64_t size, left; /* of the payload */
    unsigned char head[10], kept[KEPT];
} Connection;

typedef struct {
    int events, count, open;
    Connection *connections;
    long size, stamp_at; /* what counts as a message, and where its time of sending stands in it */
    const char *ping, *pong; /* of a protocol on top; empty: it has none */
    long each, missing, small;
    const char *again; /* echo: the frame to send until `each` came back */
    size_t again_size;
    float *latencies; /* ms; NULL: not wanted */
    long sampled, samples;
} Reader;

static unsigned char room[ROOM];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void finish(Reader *all, Connection *one) {
    if (one->closed) return;
    one->closed = 1;
    all->open--;
    epoll_ctl(all->events, EPOLL_CTL_DEL, one->fd, NULL);
}

static void send_or_finish(Reader *all, Connection *one, const void *data, size_t size) {
    if (send(one->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) finish(all, one);
}

/* A masked frame (RFC 6455 section 5.2) whose mask is zero. */
static void answer(Reader *all, Connection *one, int opcode, const void *payload, size_t size) {
    unsigned char frame[6 + KEPT] = {0x80 | opcode, 0x80 | size};
    memcpy(frame + 6, payload, size);
    send_or_finish(all, one, frame, 6 + size);
}

static void sample(Reader *all, const unsigned char *digits) {
    uint64_t sent = 0;
    if (!all->latencies || all->sampled >= all->samples) return;
    for (int at = 0; at < STAMP; at++) {
        if (digits[at] < '0' || digits[at] > '9') return;
        sent = 10 * sent + digits[at] - '0';
    }
    all->latencies[all->sampled++] = (float)(now() * 1e3 - sent / 1e6);
}

static long message(Reader *all, Connection *one) {
    one->got++;
    if (all->stamp_at + STAMP <= KEPT && all->stamp_at + STAMP <= (long)one->size) sample(all, one->kept + all->stamp_at);
    if (all->again && one->got < all->each) send_or_finish(all, one, all->again, all->again_size);
    return 1;
}

static long whole(Reader *all, Connection *one) {
    int opcode = one->head[0] & 15;
    size_t ping = strlen(all->ping);
    if (opcode == CLOSE) {
        finish(all, one);
    } else if (opcode == PING) {
        answer(all, one, PONG, one->kept, one->size & 127);
    } else if (opcode < CLOSE) {
        if ((long)one->size >= all->size) return message(all, one);
        if (ping && one->size == ping && !memcmp(one->kept, all->ping, ping))
            answer(all, one, TEXT, all->pong, strlen(all->pong));
        else
            all->small++;
    }
    return 0;
}

/* The size of the payload, or -1 while the head is not complete. */
static int64_t payload_size(const Connection *one) {
    int64_t size = one->filled < 2 ? 0 : one->head[1] & 127;
    int wanted = size == 126 ? 4 : size == 127 ? 10 : 2;
    if (one->filled < wanted) return -1;
    if (wanted == 2) return size;
    size = 0;
    for (int at = 2; at < wanted; at++) size = size << 8 | one->head[at];
    return size;
}

static long feed(Reader *all, Connection *one, const unsigned char *data, size_t size) {
    long found = 0;
    while (size && !one->closed) {
        if (one->filled >= 0) {
            one->head[one->filled++] = *data++;
            size--;
            int64_t length = payload_size(one);
            if (length < 0) continue;
            one->size = one->left = length;
            one->filled = -1;
        }
        uint64_t part = one->left < size ? one->left : size, at = one->size - one->left;
        if (at < KEPT) memcpy(one->kept + at, data, part < KEPT - at ? part : KEPT - at);
        data += part;
        size -= part;
        one->left -= part;
        if (one->left) break;
        one->filled = 0;
        found += whole(all, one);
    }
    return found;
}

Reader *reader_new(int most, long size, long stamp_at, const char *ping, const char *pong) {
    Reader *all = calloc(1, sizeof *all);
    all->events = epoll_create1(0);
    all->connections = calloc(most, sizeof(Connection));
    all->size = size;
    all->stamp_at = stamp_at;
    all->ping = strdup(ping);
    all->pong = strdup(pong);
    return all;
}

/* `rest` came with the end of the handshake. */
void reader_add(Reader *all, int fd, const unsigned char *rest, size_t size) {
    Connection *one = &all->connections[all->count];
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = all->count};
    one->fd = fd;
    all->count++;
    all->open++;
    epoll_ctl(all->events, EPOLL_CTL_ADD, fd, &event);
    feed(all, one, rest, size);
}

/* Count from zero again, up to `each` messages for each connection. Returns how many that is. */
long reader_expect(Reader *all, long each, const char *again, size_t again_size) {
    all->each = each;
    all->missing = each * all->count;
    all->small = 0;
    all->again = again;
    all->again_size = again_size;
    for (int at = 0; at < all->count; at++) all->connections[at].got = 0;
    return all->missing;
}

/* Keep up to `samples` latencies from now on, in ms. */
void reader_sample(Reader *all, float *latencies, long samples) {
    all->latencies = latencies;
    all->samples = samples;
    all->sampled = 0;
}

/* Read for so long, or until nothing is missing. Returns how many messages came. */
long reader_run(Reader *all, double seconds) {
    struct epoll_event found[512];
    double until = now() + seconds;
    long total = 0;
    for (double left = seconds; left > 0 && all->open; left = until - now()) {
        int ready = epoll_wait(all->events, found, 512, (int)(left * 1e3) + 1);
        for (int at = 0; at < ready; at++) {
            Connection *one = &all->connections[found[at].data.u32];
            ssize_t size = one->closed ? 0 : recv(one->fd, room, ROOM, MSG_DONTWAIT);
            if (size > 0)
                total += feed(all, one, room, size);
            else if (size == 0 || errno != EAGAIN)
                finish(all, one);
        }
        if (all->each && total >= all->missing) break;
    }
    all->missing -= total;
    return total;
}

long reader_got(Reader *all, int at) { return all->connections[at].got; }
long reader_small(Reader *all) { return all->small; }
long reader_sampled(Reader *all) { return all->sampled; }
int reader_open(Reader *all) { return all->open; }
