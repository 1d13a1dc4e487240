"""An RTSP camera for the tests: rtsp_server.py ADDRESS PORT serves /live, a moving pattern as JPEG and a tone of 1 kHz."""
import sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
server = GstRtspServer.RTSPServer(address=sys.argv[1], service=sys.argv[2])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! jpegenc ! rtpjpegpay name=pay0 pt=26 "
    "audiotestsrc is-live=true freq=1000 ! audioconvert ! audio/x-raw,rate=44100,channels=2 ! rtpL16pay name=pay1 pt=97 )"
)
factory.set_shared(True)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print("serving", flush=True)
GLib.MainLoop().run()
