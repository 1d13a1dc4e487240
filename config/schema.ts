/**
 * The one table of configuration keys. Types, validation, defaults, --set, environment names, the example file and
 * config/reference.md follow from it.
 */
import { channelSchema } from "./channel-schema.ts";
import { family, key, section } from "./key.ts";
import type { ValueOf } from "./key.ts";
import { listenAddress, optionalListenAddress } from "./values/address.ts";
import { optionalFile, socketPath } from "./values/path.ts";
import { oneOf, trueOrFalse, wholeNumber } from "./values/plain.ts";

/** 1 PiB: a number beyond it is a slip. */
const MAX_CACHE_BYTES = 2 ** 50;

export const schema = section("", {
  channels: family(
    "What is sent, and where to: one section a channel, under a name of a-z, 0-9 and -, 32 characters at most; 64 channels at most. Without any there is one, main.",
    "NAME",
    channelSchema,
  ),
  cache: section("Encoded films, kept for later passes, other channels and later starts.", {
    dir: key({
      type: optionalFile(),
      default: null,
      doc: "Directory of the entries, Matroska files that any player opens; null: the service's cache directory, else $XDG_CACHE_HOME/streamerd.",
      hot: false,
      since: "cache",
    }),
    maxBytes: key({
      type: wholeNumber({ min: 0, max: MAX_CACHE_BYTES }),
      default: 4 * 2 ** 30,
      unit: "bytes",
      doc: "What the entries may take together, those that are being made included: the least recently used goes first. 0 switches the cache off.",
      hot: false,
      since: "cache",
    }),
  }),
  control: section("The control channel, which streamctl and receivers talk to.", {
    listen: key({
      type: listenAddress("0.0.0.0:9688"),
      default: "0.0.0.0:9688",
      doc: "TCP address of the control channel.",
      hot: false,
      since: "core",
    }),
    socket: key({
      type: socketPath(),
      default: "/run/streamerd/control.sock",
      doc: "Unix socket of the control channel: who can open it is an operator. Where the default one cannot be made: $XDG_RUNTIME_DIR/streamerd.sock; another one is made, or the daemon does not start.",
      hot: false,
      since: "core",
    }),
    operatorTokenFile: key({
      type: optionalFile(),
      default: null,
      doc: "File that holds the operator's token for changes over TCP; null: the service's credential `token`, else TCP may only read and join.",
      hot: false,
      since: "core",
    }),
  }),
  http: section("The HTTP server.", {
    listen: key({
      type: listenAddress("0.0.0.0:9680"),
      default: "0.0.0.0:9680",
      doc: "Address for the SDP of each channel and the page that tells how to watch.",
      hot: false,
      since: "core",
    }),
    operatorListen: key({
      type: optionalListenAddress("127.0.0.1:9681"),
      default: "127.0.0.1:9681",
      doc: "Address for /metrics (Prometheus), /healthz and /readyz: for operators, so only for this host unless said otherwise. null or off: none.",
      hot: false,
      since: "operating",
    }),
  }),
  announce: section("How channels are found.", {
    sap: key({
      type: trueOrFalse(),
      default: true,
      doc: "Announce every channel of profile rtp that sends (SAP, RFC 2974), so that players and streamctl discover find it.",
      hot: false,
      since: "steering",
    }),
    sapAddress: key({
      type: oneOf(["239.255.255.255", "224.2.127.254"]),
      default: "239.255.255.255",
      doc: "Group of the announcements: that of the local scope (RFC 2365), or the global one, which some old players listen to.",
      hot: false,
      since: "steering",
    }),
  }),
  send: section("How packets leave this host.", {
    sockets: key({
      type: oneOf(["kernel", "system", "node"]),
      default: "kernel",
      doc: "kernel: a film's packets are given to the kernel a tenth of a second ahead, which sends each at its time (io_uring, Linux 5.17); system: all that is due at one moment goes to the kernel in one call; node: by Node's own sockets, one call and one callback a packet, for which the sending thread takes half as much processor time again.",
      hot: false,
      since: "cache",
    }),
    maxRepairKbps: key({
      type: wholeNumber({ min: 0, max: 1_000_000 }),
      default: 20_000,
      unit: "kbit/s",
      doc: "How much of what was lost may be sent again, to all receivers together; to those of one host at most a quarter of it. They ask at the UDP port of control.listen. 0: nothing is sent again.",
      hot: false,
      since: "repair",
    }),
  }),
  state: section("What is remembered over restarts: what an operator has changed, and where each channel was.", {
    dir: key({
      type: optionalFile(),
      default: null,
      doc: "Directory of state.json; null: the service's state directory, else $XDG_STATE_HOME/streamerd. Files on the command line: nothing is remembered.",
      hot: false,
      since: "steering",
    }),
  }),
  log: section("The log, on standard error.", {
    level: key({
      type: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
      default: "info",
      doc: "The least important lines that are written.",
      hot: false,
      since: "core",
    }),
    format: key({
      type: oneOf(["auto", "pretty", "journald", "json"]),
      default: "auto",
      doc: "auto: pretty on a terminal, journald's prefix under systemd, else JSON lines.",
      hot: false,
      since: "core",
    }),
  }),
});

type Written = ValueOf<typeof schema>;

export type ChannelConfig = Omit<ValueOf<typeof channelSchema>, "group"> & {
  readonly name: string;
  /** Never null: a channel that names none has got a derived one. */
  readonly group: string;
  /** Whether the group was derived: then another one will do as well. */
  readonly groupIsDerived: boolean;
};

/** Everything that may be configured, complete and valid; paths are absolute. */
export type Config = Omit<Written, "channels"> & {
  /** At least one, in the order of the file. */
  readonly channels: readonly ChannelConfig[];
};

/** The channel that is there without a configuration, and that files on the command line are for. */
export const MAIN_CHANNEL = "main";

/** More would need another design of the sender: one loop serves them all. */
export const MAX_CHANNELS = 64;
