"""Reads a channel of profile datagram: python3 receive.py GROUP PORT [FOLDER]. Pictures come on PORT, sound on PORT + 2."""
import base64, select, socket, struct, sys
group, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "vs"]
for s, p in zip(sockets, (port, port + 2)):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((group, p))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + bytes(4))
while True:
    data = select.select(sockets, [], [])[0][0].recv(65536)
    data = base64.b64decode(data) if data[:4] == b"/9j/" else data
    number, media_us, _ = struct.unpack_from(">LQQ", data, data.index(b"SMD1") + 4)
    name = f"{number:010}.{'jpg' if data[:2] == bytes([255, 216]) else 'wav'}"
    print(f"{name} {media_us / 1e6:.3f} s, {len(data)} bytes", flush=True)
    if folder: open(f"{folder[0]}/{name}", "wb").write(data)
