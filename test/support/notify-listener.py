"""Prints each datagram that a service sends to its service manager, one a line, with who sent it."""
import socket
import struct
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
listener.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, control, _, _ = listener.recvmsg(65536, socket.CMSG_SPACE(struct.calcsize("3i")))
    pid = next((struct.unpack("3i", value)[0] for _, kind, value in control if kind == 2), 0)
    text = data.decode("utf-8", "replace").rstrip("\n")
    print(f"{pid} {text}".replace("\n", " | "), flush=True)
