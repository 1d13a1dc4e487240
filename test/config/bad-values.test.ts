import assert from "node:assert/strict";
import { test } from "node:test";
import { errorLines, load } from "./request.ts";

const main = (rest: string): string => `channels:\n  main:\n${rest.replace(/^/gm, "    ")}\n`;

/** A file with one bad value, and the line that it earns. */
const cases: readonly (readonly [string, string])[] = [
  // groups and ports
  [
    main("group: 192.168.1.5"),
    "c.yml:3: channels.main.group: 192.168.1.5 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16",
  ],
  [main("group: 240.0.0.1"), "c.yml:3: channels.main.group: 240.0.0.1 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16"],
  [
    main("group: 239.255.1.01"),
    "c.yml:3: channels.main.group: 239.255.1.01 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16",
  ],
  [main("group: 239.255"), "c.yml:3: channels.main.group: 239.255 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16"],
  [main("group: ff02::1"), "c.yml:3: channels.main.group: ff02::1 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16"],
  [
    main("group: 224.0.0.251"),
    "c.yml:3: channels.main.group: 224.0.0.251 is reserved for routing protocols (224.0.0.0/24); use one in 239.255.0.0/16",
  ],
  [
    main("group: 239.255.255.9"),
    "c.yml:3: channels.main.group: 239.255.255.9 is reserved for announcements (239.255.255.0/24); use one in 239.255.0.0/16, below 239.255.255.0",
  ],
  [main("port: 5005"), "c.yml:3: channels.main.port: 5005 is not an even number from 2 to 65532"],
  [main("port: 70000"), "c.yml:3: channels.main.port: 70000 is not an even number from 2 to 65532"],
  [main('port: "5004"'), 'c.yml:3: channels.main.port: "5004" is not an even number from 2 to 65532; write it without quotes'],
  [main("port:"), "c.yml:3: channels.main.port: no value; give an even number from 2 to 65532"],
  [main("port: {a: 1}"), "c.yml:3: channels.main.port: a mapping; give an even number from 2 to 65532"],
  [main("ttl: 256"), "c.yml:3: channels.main.ttl: 256 is not a whole number from 0 to 255"],
  [main("access: closed"), "c.yml:3: channels.main.access: closed; give open or pass"],
  [
    main("access: pass\nprofile: datagram"),
    "c.yml:3: channels.main.access: a channel of profile datagram cannot be encrypted; set profile: rtp, or access: open",
  ],
  [
    main("access: pass\nmaxPacketBytes: 1300"),
    "c.yml:3: channels.main.access: an encrypted block of sound needs 1302 bytes; set maxPacketBytes to that or more, or access: open",
  ],
  [
    main("access: pass\naudio: {reference: true}"),
    "c.yml:3: channels.main.access: audio.reference serves the sound of this channel to everybody; set it to false, or access: open",
  ],
  [
    main("profile: datagram\nrecord: {dir: /srv/recordings}"),
    "c.yml:4: channels.main.record.dir: a channel of profile datagram cannot be recorded; set profile: rtp, or record.dir: null",
  ],
  [
    main("maxPacketBytes: 1000"),
    "c.yml:3: channels.main.maxPacketBytes: 1000 is not a whole number from 1292 to 8972 (a block of sound needs 1292)",
  ],
  [
    "channels:\n  a:\n    group: 239.255.1.1\n  b:\n    port: 5006\n    group: 239.255.1.1\n",
    "c.yml:6: channels.b.group: 239.255.1.1 with ports 5006 to 5009 overlaps channel a (ports 5004 to 5007); use another group, or a port at least 4 away",
  ],
  // a unit behind the number
  [
    main("readAhead: {maxMs: 3s}"),
    "c.yml:3: channels.main.readAhead.maxMs: 3s is not a whole number from 200 to 60000; write the number alone (ms)",
  ],
  [
    main("video: {fps: 25 fps}"),
    'c.yml:3: channels.main.video.fps: "25 fps" is neither source nor a number from 1 to 240; write the number alone (frames/s)',
  ],
  [
    "cache: {maxBytes: 4GB}\n",
    "c.yml:1: cache.maxBytes: 4GB is not a whole number from 0 to 1125899906842624; write the number alone (bytes)",
  ],
  // interfaces
  [
    main("interfaces: []"),
    "c.yml:3: channels.main.interfaces: no value; give a list of interface names or their IPv4 addresses (up to 16), or auto",
  ],
  [main("interfaces: [auto, eth0]"), "c.yml:3: channels.main.interfaces: auto stands alone; remove it or the other interfaces"],
  [main("interfaces: [eth0, eth0]"), "c.yml:3: channels.main.interfaces: eth0 is listed twice; keep one"],
  [main("interfaces: eth0/24"), "c.yml:3: channels.main.interfaces: eth0/24 is no interface name or IPv4 address of an interface"],
  [main("interfaces: 10.0.0.256"), "c.yml:3: channels.main.interfaces: 10.0.0.256 is no interface name or IPv4 address of an interface"],
  [
    main("interfaces: [[eth0]]"),
    "c.yml:3: channels.main.interfaces: a list in a list; give a list of interface names or their IPv4 addresses (up to 16), or auto",
  ],
  // pictures, sound, pacing
  [
    main("video: {width: 2041}"),
    "c.yml:3: channels.main.video.width: 2041 is not a whole number from 16 to 2040 (RTP/JPEG carries no side over 2040)",
  ],
  [
    main("video: {width: 500.5}"),
    "c.yml:3: channels.main.video.width: 500.5 is not a whole number from 16 to 2040 (RTP/JPEG carries no side over 2040)",
  ],
  [main("video: {quality: 0}"), "c.yml:3: channels.main.video.quality: 0 is not a whole number from 1 to 100"],
  [main("video: {quality: high}"), "c.yml:3: channels.main.video.quality: high is not a whole number from 1 to 100"],
  [main("video: {maxFrameBytes: 70000}"), "c.yml:3: channels.main.video.maxFrameBytes: 70000 is not a whole number from 4096 to 65507"],
  [main("video: {fps: 0}"), "c.yml:3: channels.main.video.fps: 0 is neither source nor a number from 1 to 240"],
  [main("video: {fps: .nan}"), "c.yml:3: channels.main.video.fps: NaN is neither source nor a number from 1 to 240"],
  [main("audio: {channels: 6}"), "c.yml:3: channels.main.audio.channels: 6; give 1 or 2"],
  [main("pacing: {spread: 1.5}"), "c.yml:3: channels.main.pacing.spread: 1.5 is not a number from 0 to 0.9"],
  [main("loop: yes"), "c.yml:3: channels.main.loop: yes; give true or false"],
  [main("profile: udp"), "c.yml:3: channels.main.profile: udp; give rtp or datagram"],
  // sources
  [main("source: []"), "c.yml:3: channels.main.source: an empty list; name a file or a directory, or null for the test film"],
  [main("source: 1984"), 'c.yml:3: channels.main.source: 1984 is no path; if a file is called so, put it in quotes: "1984"'],
  [
    main("source: gopher://user:secret@host/"),
    "c.yml:3: channels.main.source: gopher:// is no scheme that can be received; use rtsp, rtsps, http, https, srt, udp, streamerd, or a file",
  ],
  // servers
  ["control: {listen: 9688}\n", "c.yml:1: control.listen: 9688 is not HOST:PORT with a port from 1 to 65535; for example 0.0.0.0:9688"],
  ["http:\n  listen: 9680\n", "c.yml:2: http.listen: 9680 is not HOST:PORT with a port from 1 to 65535; for example 0.0.0.0:9680"],
  [
    "http:\n  listen: 0.0.0.0:0\n",
    "c.yml:2: http.listen: 0.0.0.0:0 is not HOST:PORT with a port from 1 to 65535; for example 0.0.0.0:9680",
  ],
  [
    "http:\n  listen: 300.1.1.1:80\n",
    "c.yml:2: http.listen: 300.1.1.1 is no address to listen on; give HOST:PORT with a port from 1 to 65535, for example 0.0.0.0:80",
  ],
  ["http:\n  listen: 127.0.0.1:9688\n", "c.yml:2: http.listen: port 9688 is that of control.listen as well; use another one"],
  ["control:\n  listen: 127.0.0.1:9680\n", "c.yml:2: control.listen: port 9680 is that of http.listen as well; use another one"],
  [
    "http:\n  operatorListen: 9681\n",
    "c.yml:2: http.operatorListen: 9681 is not HOST:PORT with a port from 1 to 65535; for example 127.0.0.1:9681",
  ],
  ["http:\n  operatorListen: 0.0.0.0:9688\n", "c.yml:2: http.operatorListen: port 9688 is that of control.listen as well; use another one"],
  ["http:\n  listen: 0.0.0.0:9681\n", "c.yml:2: http.listen: port 9681 is that of http.operatorListen as well; use another one"],
  [
    `control:\n  socket: ${"s".repeat(120)}\n`,
    `c.yml:2: control.socket: /etc/s/${"s".repeat(73)}… is 127 bytes long; this path may have 107`,
  ],
  ["log: {level: loud}\n", "c.yml:1: log.level: loud; give trace, debug, info, warn, error, fatal or silent"],
];

for (const [yaml, line] of cases)
  test(`a file with ${JSON.stringify(yaml.slice(0, 60))} is refused in one line`, () => {
    assert.deepEqual(errorLines(load(yaml)), [line]);
  });
