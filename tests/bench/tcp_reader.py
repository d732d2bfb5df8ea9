"""Reads a TCP connection and throws everything away: the peer of the raw socket benchmark."""

import socket

_BUFFER_BYTES = 1 << 20


def main() -> None:
    """Print the port, then read one connection after the other until killed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(f"listening on 127.0.0.1:{server.getsockname()[1]}", flush=True)
        buffer = bytearray(_BUFFER_BYTES)
        while True:
            connection, _ = server.accept()
            with connection:
                while connection.recv_into(buffer):
                    pass


if __name__ == "__main__":
    main()
