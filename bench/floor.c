/* The floor of the benchmark: what the kernel asks of any server, and nothing else.
 *
 *   floor PORT
 *
 * It broadcasts on order as the servers beside it do, with one send() for each message and client. It checks nothing,
 * answers every handshake with the accept key of the benchmark's own client, and waits for a full socket in poll():
 * a server to measure against, not one to use. Texts from clients:
 *
 *   go:MESSAGES:SIZE:PER_TURN:PACE:WATCH:CHANNELS   broadcast; only the numbers that a C loop can follow are looked at
 *   join:START:COUNT:ALL                            be in COUNT of ALL channels, from number START on
 *   anything else                                   is sent back
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FILES = 1 << 17, MOST_CHANNELS = 1024, READ = 1 << 16 };

typedef struct { int *fds, count, room; } Members;

static Members everyone, channels[MOST_CHANNELS];
static char is_open[MOST_FILES]; /* by descriptor: the handshake is done */
static char input[READ];

static void add(Members *members, int fd) {
    if (members->count == members->room) {
        members->room = members->room ? 2 * members->room : 64;
        members->fds = realloc(members->fds, members->room * sizeof(int));
    }
    members->fds[members->count++] = fd;
}

static void discard(Members *members, int fd) {
    for (int at = 0; at < members->count; at++)
        if (members->fds[at] == fd) members->fds[at] = members->fds[--members->count];
}

static void send_all(int fd, const char *data, size_t size) {
    while (size) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0) {
            struct pollfd full = {.fd = fd, .events = POLLOUT};
            if (errno != EAGAIN) return;
            poll(&full, 1, 1000);
            continue;
        }
        data += sent;
        size -= sent;
    }
}

/* The head of an unmasked text frame; returns its size. */
static size_t head(char *frame, size_t size) {
    frame[0] = (char)0x81;
    if (size < 126) {
        frame[1] = (char)size;
        return 2;
    }
    frame[1] = 126;
    frame[2] = (char)(size >> 8);
    frame[3] = (char)size;
    return 4;
}

static void broadcast(long messages, size_t size, long pace, long all) {
    char *frame = malloc(size + 4), stamp[21];
    size_t start = head(frame, size);
    struct timespec now, due;
    memset(frame + start, 'x', size);
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (long number = 0; number < messages; number++) {
        Members *members = all ? &channels[number % all] : &everyone;
        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(stamp, sizeof stamp, "%020llu", now.tv_sec * 1000000000ULL + now.tv_nsec);
        if (size >= 20) memcpy(frame + start, stamp, 20);
        for (int at = 0; at < members->count; at++) send_all(members->fds[at], frame, start + size);
        if (!pace) continue;
        due.tv_nsec += pace % 1000 * 1000000;
        due.tv_sec += pace / 1000 + due.tv_nsec / 1000000000;
        due.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    }
    free(frame);
}

static void join(int fd, long start, long count, long all) {
    char frame[] = {(char)0x81, 6, 'j', 'o', 'i', 'n', 'e', 'd'};
    for (long number = start; number < start + count; number++) add(&channels[number % all], fd);
    send_all(fd, frame, sizeof frame);
}

static void text(int fd, char *data, size_t size) {
    long n[6] = {0};
    char frame[READ + 4];
    if (sscanf(data, "go:%ld:%ld:%ld:%ld:%ld:%ld", n, n + 1, n + 2, n + 3, n + 4, n + 5) >= 2 && n[1] < 65536 && n[5] <= MOST_CHANNELS) {
        broadcast(n[0], n[1], n[3], n[5]);
    } else if (sscanf(data, "join:%ld:%ld:%ld", n, n + 1, n + 2) == 3 && n[2] > 0 && n[2] <= MOST_CHANNELS) {
        join(fd, n[0], n[1], n[2]);
    } else {
        size_t start = head(frame, size);
        memcpy(frame + start, data, size);
        send_all(fd, frame, start + size);
    }
}

static void leave(int fd) {
    discard(&everyone, fd);
    for (int at = 0; at < MOST_CHANNELS; at++) discard(&channels[at], fd);
    is_open[fd] = 0;
    close(fd);
}

/* One read: a handshake, or whole masked frames, as the benchmark's client sends them. */
static void take(int fd) {
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    ssize_t got = read(fd, input, READ - 1);
    if (got <= 0) {
        if (!got || errno != EAGAIN) leave(fd);
        return;
    }
    if (!is_open[fd]) {
        is_open[fd] = 1;
        add(&everyone, fd);
        send_all(fd, answer, sizeof answer - 1);
        return;
    }
    for (char *at = input, *end = input + got; end - at >= 6;) {
        unsigned char *bytes = (unsigned char *)at;
        size_t size = bytes[1] & 127, skip = 2;
        if (size == 126) {
            size = bytes[2] << 8 | bytes[3];
            skip = 4;
        }
        char *payload = at + skip + 4, *after = payload + size, kept;
        if (after > end || (bytes[0] & 15) != 1) return;
        for (size_t byte = 0; byte < size; byte++) payload[byte] ^= at[skip + (byte & 3)];
        kept = *after; /* at most input[READ - 1] */
        *after = 0;
        text(fd, payload, size);
        *after = kept;
        at = after;
    }
}

int main(int count, char **words) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), events = epoll_create1(0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, found[256];
    if (count != 2) return 2;
    address.sin_port = htons(atoi(words[1]));
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) {
        perror("floor");
        return 1;
    }
    epoll_ctl(events, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(events, found, 256, -1);
        for (int at = 0; at < ready; at++) {
            if (found[at].data.fd != listener) {
                take(found[at].data.fd);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0 || fd >= MOST_FILES) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            event.data.fd = fd;
            epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
