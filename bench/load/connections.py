"""A gRPC client that costs nearly nothing: a socket with one unary call at a time, so that a test can hold many."""
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0x0, 0x1, 0x4, 0x6, 0x8
ACK, END_STREAM, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE, LARGEST_WINDOW = 0x4, (1 << 31) - 1


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def text(value):
    """A string of HPACK without Huffman coding, shorter than 127 bytes."""
    return bytes([len(value)]) + value.encode()


def head(path):
    """The header block of a call: literals that no table keeps (RFC 7541, section 6.2.2)."""
    fields = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost", "content-type": "application/grpc", "te": "trailers"}
    return b"".join(b"\0" + text(name) + text(value) for name, value in fields.items())


class Connection:
    """Connected, with a call done, so that the server has all that it keeps for a client."""

    def __init__(self, port, path, message):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = -1
        self.head = head(path)
        self.message = message
        self.answer = b""
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, LARGEST_WINDOW)))
        self.call()

    def call(self):
        """Seconds until the answer was complete; it is kept with gRPC's frame."""
        begun = time.perf_counter()
        self.stream += 2
        self.socket.sendall(
            frame(HEADERS, END_HEADERS, self.stream, self.head) + frame(DATA, END_STREAM, self.stream, self.message)
        )
        answer = []
        while True:
            kind, flags, stream, payload = self.read()
            if kind == SETTINGS and not flags & ACK:
                self.socket.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                self.socket.sendall(frame(PING, ACK, 0, payload))
            elif stream == self.stream and kind == DATA:
                answer.append(payload)
                self.socket.sendall(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", len(payload))))
            if stream == self.stream and kind in (DATA, HEADERS) and flags & END_STREAM:
                self.answer = b"".join(answer)
                if not self.answer:
                    raise RuntimeError("the call failed")
                return time.perf_counter() - begun

    def read(self):
        header = self.receive(9)
        length = int.from_bytes(header[:3], "big")
        return header[3], header[4], int.from_bytes(header[5:], "big") & 0x7FFFFFFF, self.receive(length)

    def receive(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("the server has closed the connection")
            data += piece
        return data

    def close(self):
        self.socket.close()
