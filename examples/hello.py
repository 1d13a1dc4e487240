"""The classic client: python3 hello.py HOST [PORT] [CHANNEL]. Says hello by UDP, gets JPEG frames (raw or base64), opens each with Pillow."""
import base64, io, socket, sys, time
from PIL import Image
host, port, channel = (sys.argv[1:] + ["9688", ""][len(sys.argv) - 2:])[:3]
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(1)
said = frames = 0
while True:
    if time.time() - said > 5:  # the daemon forgets who is silent for 10 s
        client.sendto(channel.encode() or b"hello", (host, int(port)))
        said = time.time()
    try: data = client.recv(65536)
    except socket.timeout: said = 0; continue  # the hello may be lost, or the daemon new
    picture = Image.open(io.BytesIO(base64.b64decode(data) if data[:4] == b"/9j/" else data))
    picture.load()
    frames += 1
    print(f"frame {frames}: {picture.width}x{picture.height}, {len(data)} bytes", flush=True)
